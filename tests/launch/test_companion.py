"""The settings of the shim that runs beside a launched client."""

import asyncio
from pathlib import Path

import httpx

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.launch.companion import serve_beside, shim_settings
from bytespike_cli.launch.run import Shim
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.shim import ledger
from bytespike_cli.shim.listener import address, listen
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


def test_what_a_launch_asks_is_noted(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    env = make_env()
    listener = listen()
    shim = Shim(
        env=env,
        settings=resolve_settings(env),
        credential=Credential("work", None, GEMINI_KEY, sandbox.origin),
        token="token",
        listener=listener,
        chosen_by=Chooser.USER,
    )

    def ask() -> int:
        return httpx.post(
            f"{address(listener)}/v1beta/models/gemini-3.1-pro:generateContent",
            json={"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]},
            headers={"x-goog-api-key": "token"},
            timeout=60,
            trust_env=False,
        ).status_code

    async def client() -> None:
        assert await asyncio.to_thread(ask) == 200

    serve_beside(shim, client)
    (line,) = ledger.read(env)
    assert line["run"].startswith("launch-")
    assert (line["served"], line["rules"], line["key"]) == ("gemini-3-1-pro", ["ids"], "work")
    assert line["tokens_out"] > 0
