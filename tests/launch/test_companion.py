"""The settings of the shim that runs beside a launched client."""

from pathlib import Path

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.launch.companion import shim_settings
from bytespike_cli.launch.run import Shim
from bytespike_cli.shim.listener import listen
from bytespike_cli.wire.models import Chooser
from tests.conftest import MakeEnv


def test_the_launch_decides_what_the_shim_knows(make_env: MakeEnv, tmp_path: Path) -> None:
    env = make_env(HTTPS_PROXY="http://proxy:3128")
    (tmp_path / "bytespike").mkdir()
    (tmp_path / "bytespike" / "config.toml").write_text(
        'model_fallback = "off"\n[aliases]\nfast = "gemini-3-flash"\n'
    )
    credential = Credential("work", "gemini-default", "a-secret", "https://llm.bytespike.ai")
    catalogue.save(env, credential, ["gemini-3-flash"])
    with listen() as listener:
        shim = Shim(
            env=env,
            settings=resolve_settings(env),
            credential=credential,
            token="token",
            listener=listener,
            chosen_by=Chooser.CLIENT,
            typed_models=frozenset({"pro"}),
            typed_where="$GEMINI_MODEL",
            ends_turns=True,
        )
        settings = shim_settings(shim)
    assert settings.origin == "https://llm.bytespike.ai"
    assert settings.models == ("gemini-3-flash",)
    assert settings.aliases == {"fast": "gemini-3-flash"}
    assert settings.proxy == "http://proxy:3128"
    assert settings.chosen_by is Chooser.CLIENT
    assert settings.typed_models == {"pro"}
    assert settings.typed_where == "$GEMINI_MODEL"
    assert not settings.fallback
    assert settings.ends_turns
    assert settings.save_models is not None
    settings.save_models(("a", "b"))
    cached = catalogue.load(env, credential)
    assert cached is not None
    assert cached.models == ("a", "b")
