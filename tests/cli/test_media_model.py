import pytest

from bytespike_cli.cli.app import App
from bytespike_cli.cli.media_model import asked_for, choose
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.direct.connect import connect
from bytespike_cli.errors import PermissionDeniedError, UnknownModelError, UsageError
from bytespike_cli.sandbox.seed import STUDIO_KEY
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.wire.media_slug import Kind, Surface
from tests.cli.conftest import Cli
from tests.cli.media import GEMINI, at


def chosen(cli: Cli, model: str | None, kind: Kind = Kind.VIDEO) -> str:
    app = App(cli.env())
    app.flags.model = model
    with connect(app.env, app.settings) as connection:
        return choose(app, connection, kind, Surface.TASKS).model


@pytest.mark.parametrize(
    ("model", "kind", "slug"),
    [
        (None, Kind.VIDEO, "veo-3.1"),
        (None, Kind.IMAGE, "nano-banana"),
        ("veo 3.1 fast", Kind.VIDEO, "veo-3.1-fast"),
        ("veo-3.1-generate-preview", Kind.VIDEO, "veo-3.1"),
        ("sora2", Kind.VIDEO, "sora2"),
    ],
)
def test_choosing(
    cli: Cli, sandbox: SandboxServer, model: str | None, kind: Kind, slug: str
) -> None:
    assert chosen(at(cli, sandbox), model, kind) == slug


def test_what_cannot_be_chosen(cli: Cli, sandbox: SandboxServer) -> None:
    at(cli, sandbox)
    with pytest.raises(UnknownModelError) as caught:
        chosen(cli, "nosuch")
    assert "veo" in caught.value.fix
    assert "gemini" not in caught.value.fix
    for model in ("gemini-3-flash", "nano-banana"):
        with pytest.raises(UsageError):
            chosen(cli, model)
    at(cli, sandbox, GEMINI)
    with pytest.raises(PermissionDeniedError) as refused:
        chosen(cli, None)
    assert "granted apart from chat" in refused.value.fix


def test_another_key_that_reaches_such_a_model_is_named(cli: Cli, sandbox: SandboxServer) -> None:
    store = KeyStore(cli.env())
    for name, secret in (("text", GEMINI), ("media", STUDIO_KEY)):
        store.add(StoredKey(name, sandbox.origin, secret=secret))
        assert cli("keys", "verify", name).status == 0
    with pytest.raises(PermissionDeniedError) as refused:
        chosen(cli, None)
    assert refused.value.fix == "use your key 'media', which does: --key media"


def test_without_a_catalogue(cli: Cli, sandbox: SandboxServer) -> None:
    at(cli, sandbox)
    sandbox.state.set_faults(["models/garbled", "account/garbled"])
    assert chosen(cli, "veo-3-1") == "veo-3.1"
    with pytest.raises(UsageError, match="No model is named"):
        chosen(cli, None)


def test_a_model_of_the_settings_counts_where_it_fits(cli: Cli) -> None:
    cli.variables["BYTESPIKE_MODEL"] = "sora-2"
    assert asked_for(App(cli.env()), Kind.VIDEO) == "sora-2"
    assert asked_for(App(cli.env()), Kind.IMAGE) is None
