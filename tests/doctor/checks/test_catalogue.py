import pytest

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.precedence import config_path
from bytespike_cli.context import Environment
from bytespike_cli.doctor.finding import Finding, Verdict
from bytespike_cli.doctor.verdict import Diagnosis
from bytespike_cli.sandbox.seed import BY_NAME, CLAUDE_KEY, CLAUDE_TEXT, GEMINI_KEY, GEMINI_TEXT
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeEnv
from tests.doctor.conftest import Examine, alarms, first


def found(diagnosis: Diagnosis, check: str) -> Finding:
    (finding,) = [f for f in diagnosis.findings if f.check == check]
    return finding


def test_a_key_without_a_group_reaches_nothing(sandbox: SandboxServer, examine: Examine) -> None:
    diagnosis = examine(sandbox, "catalogue", key=BY_NAME["nogroup-0001"].secret)
    assert first(diagnosis) == "catalogue.empty"


def test_a_key_of_another_group_has_no_gemini(sandbox: SandboxServer, examine: Examine) -> None:
    diagnosis = examine(sandbox, "catalogue", key=CLAUDE_KEY)
    assert first(diagnosis) == "catalogue.no-gemini"
    assert "claude-opus-4-8" in found(diagnosis, "catalogue.models").evidence


@pytest.mark.parametrize(
    ("model", "id_", "verdict"),
    [
        ("gemini-3-flash", "catalogue.model", Verdict.OK),
        ("flash", "catalogue.model", Verdict.OK),
        ("gemini-3.1-pro", "catalogue.dotted-id", Verdict.WARNING),
        ("gemini-3-1-pro-preview", "catalogue.other-spelling", Verdict.WARNING),
        ("gemini-3-2-pro", "catalogue.unknown-model", Verdict.ERROR),
        ("gemini-1.5-pro", "catalogue.retired", Verdict.ERROR),
    ],
)
def test_the_wanted_model_is_looked_up(
    sandbox: SandboxServer, examine: Examine, model: str, id_: str, verdict: Verdict
) -> None:
    diagnosis = examine(sandbox, "catalogue", BYTESPIKE_MODEL=model)
    finding = found(diagnosis, "catalogue.model")
    assert (finding.id, finding.verdict) == (id_, verdict)
    if verdict is not Verdict.OK:
        assert "export BYTESPIKE_MODEL=gemini-3" in finding.fix
        assert finding.repair is None


def test_a_model_in_the_user_s_file_can_be_set_right(
    sandbox: SandboxServer, examine: Examine, make_env: MakeEnv
) -> None:
    env = make_env()
    path = config_path(env)
    path.parent.mkdir(parents=True)
    path.write_text('model = "gemini-3.1-pro"\n')
    finding = found(examine(sandbox, "catalogue"), "catalogue.model")
    assert finding.fix == "bytespike config set model gemini-3-1-pro"
    assert finding.repair is not None
    assert finding.repair.diff(env)[-1] == "+ model = 'gemini-3-1-pro'"


def store(env: Environment, name: str, secret: str, origin: str, models: tuple[str, ...]) -> None:
    KeyStore(env).add(StoredKey(name=name, origin=origin, group=None, secret=secret))
    catalogue.save(env, Credential(name, None, secret, origin), models)


def test_another_stored_key_that_reaches_the_model_is_named(
    sandbox: SandboxServer, examine: Examine, make_env: MakeEnv
) -> None:
    env = make_env()
    store(env, "google", GEMINI_KEY, sandbox.origin, GEMINI_TEXT)
    store(env, "anthropic", CLAUDE_KEY, sandbox.origin, CLAUDE_TEXT)
    diagnosis = examine(sandbox, "catalogue", BYTESPIKE_MODEL=CLAUDE_TEXT[0])
    assert first(diagnosis) == "catalogue.other-key"
    assert "bytespike keys use anthropic" in found(diagnosis, "catalogue.model").fix
    without = examine(sandbox, "catalogue", key=CLAUDE_KEY)
    assert "bytespike keys use google" in found(without, "catalogue.models").fix


def test_a_model_of_another_maker_that_is_wanted_is_no_alarm(
    sandbox: SandboxServer, examine: Examine
) -> None:
    diagnosis = examine(sandbox, "catalogue", key=CLAUDE_KEY, BYTESPIKE_MODEL=CLAUDE_TEXT[0])
    assert alarms(diagnosis) == set()


def test_no_model_is_no_alarm(sandbox: SandboxServer, examine: Examine) -> None:
    assert alarms(examine(sandbox, "catalogue")) == set()
