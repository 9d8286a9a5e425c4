"""No secret leaves the doctor, whatever fails: with a key that nothing knows by its looks."""

import io
from itertools import cycle
from pathlib import Path

import pytest

from bytespike_cli.cli.main import invoke
from bytespike_cli.sandbox.faults import KINDS
from bytespike_cli.sandbox.seed import BY_NAME
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeEnv

CANARY = BY_NAME["custom"].secret
WAITS = {"hang", "stall", "slow"}
FORMS = ("", "--json", "--report")


def faults() -> list[str]:
    """Every fault that strikes what the doctor asks, on the first of its surfaces, and on models.

    How the sandbox listens (TLS) cannot change while it runs; no key crosses a TLS that fails.
    """
    names = [name for name, kind in KINDS.items() if name not in WAITS and kind.stage != "listen"]
    return ["", *names, *(f"models/{name}" for name in names if not KINDS[name].only)]


def assert_clean(tmp_path: Path, said: str, what: str) -> None:
    assert CANARY not in said, f"{what} prints it"
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), f"{what} writes it: {path}"


def examine(make_env: MakeEnv, *arguments: str, **variables: str) -> str:
    env = make_env(**variables)
    invoke(env, ["doctor", *arguments])
    assert isinstance(env.stdout, io.StringIO)
    assert isinstance(env.stderr, io.StringIO)
    assert env.stdout.getvalue()
    return env.stdout.getvalue() + env.stderr.getvalue()


def test_the_doctor_with_each_fault(
    sandbox: SandboxServer, make_env: MakeEnv, tmp_path: Path
) -> None:
    forms = cycle(FORMS)
    for fault in faults():
        sandbox.state.set_faults([fault] if fault else [])
        form = next(forms)
        said = examine(
            make_env,
            *filter(None, ["network", "key", "catalogue", "request", "stream", form]),
            BYTESPIKE_API_KEY=CANARY,
            BYTESPIKE_BASE_URL=sandbox.origin,
        )
        assert_clean(tmp_path, said, f"doctor {form} with {fault}")


@pytest.mark.parametrize("form", FORMS)
def test_the_doctor_with_a_key_or_a_proxy_that_is_wrong(
    make_env: MakeEnv, tmp_path: Path, form: str
) -> None:
    for variables in (
        {"BYTESPIKE_API_KEY": f"{CANARY} {CANARY}"},
        {"BYTESPIKE_API_KEY": CANARY, "https_proxy": f"http://kim:{CANARY}@127.0.0.1:1"},
        {"BYTESPIKE_API_KEY": CANARY, "https_proxy": f"socks5://kim:{CANARY}@127.0.0.1:1"},
    ):
        said = examine(make_env, *filter(None, ["config", "network", form]), **variables)
        assert_clean(tmp_path, said, f"doctor {form}")
