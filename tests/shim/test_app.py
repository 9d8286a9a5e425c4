"""The shim as an application of any host: settings from the environment, strangers refused."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.shim import ledger
from bytespike_cli.shim.app import HEALTH_PATH, application
from tests.conftest import MakeEnv, MakeSandbox

TOKEN, SECOND = "a-token-of-the-team-that-is-long", "another-token-of-the-team-that-is"
BODY = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}
UNARY = "/v1beta/models/gemini-3.1-pro:generateContent"
SSE = "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"
Use = Callable[[aiohttp.ClientSession], Awaitable[Any]]


def team(make_env: MakeEnv, origin: str, **variables: str) -> Environment:
    return make_env(
        **{
            "BYTESPIKE_API_KEY": GEMINI_KEY,
            "BYTESPIKE_BASE_URL": origin,
            "BYTESPIKE_SHIM_TOKEN": f"{TOKEN}, {SECOND}",
            "BYTESPIKE_SHIM_HOSTS": "Gemini.example.org",
            **variables,
        }
    )


def run(env: Environment, use: Use) -> Any:
    """Host the application as `python -m aiohttp.web` does, and use it."""

    async def host() -> Any:
        runner = web.AppRunner(application(env), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with asyncio.timeout(60), aiohttp.ClientSession(base) as client:
                return await use(client)
        finally:
            await runner.cleanup()

    return asyncio.run(host())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-goog-api-key": TOKEN}, 200),
        ({"authorization": f"Bearer {SECOND}"}, 200),
        ({"x-goog-api-key": TOKEN, "host": "gemini.example.org"}, 200),
        ({"x-goog-api-key": TOKEN, "host": "GEMINI.example.org:8443"}, 200),
        ({"x-goog-api-key": TOKEN, "host": "evil.example"}, 403),
        ({"x-goog-api-key": TOKEN, "origin": "https://gemini.example.org"}, 403),
        ({"x-goog-api-key": GEMINI_KEY}, 401),
        ({"x-goog-api-key": f"{TOKEN}, {SECOND}"}, 401),
        ({}, 401),
    ],
)
def test_who_passes(
    make_env: MakeEnv, sandbox: SandboxServer, headers: dict[str, str], status: int
) -> None:
    async def use(client: aiohttp.ClientSession) -> int:
        async with client.post(UNARY, json=BODY, headers=headers) as answer:
            await answer.read()
            return answer.status

    assert run(team(make_env, sandbox.origin), use) == status
    asked = [r for r in sandbox.state.journal if "generateContent" in r.path]
    assert len(asked) == (1 if status == 200 else 0)


def test_its_requests_are_noted(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    async def use(client: aiohttp.ClientSession) -> None:
        headers = {"x-goog-api-key": TOKEN}
        async with client.post(SSE, json=BODY, headers=headers) as answer:
            assert '"finishReason"' in await answer.text()

    env = team(make_env, sandbox.origin)
    run(env, use)
    (line,) = ledger.read(env)
    assert line["run"].startswith("app-")
    assert (line["status"], line["served"]) == (200, "gemini-3-flash")


def test_its_health_is_told_to_anybody_and_nothing_else(
    make_env: MakeEnv, sandbox: SandboxServer
) -> None:
    async def use(client: aiohttp.ClientSession) -> str:
        async with client.get(HEALTH_PATH, headers={"host": "10.0.0.7"}) as answer:
            assert answer.status == 200
            return await answer.text()

    assert run(team(make_env, sandbox.origin), use) == "ok\n"


def test_an_abandoned_stream_is_stopped_whatever_the_host(
    make_env: MakeEnv, make_sandbox: MakeSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """And it is no error: hosts log those with a traceback each."""
    sandbox = make_sandbox(faults=["stall:2"])
    headers = {"x-goog-api-key": TOKEN}

    async def use(client: aiohttp.ClientSession) -> None:
        async with client.post(SSE, json=BODY, headers=headers) as answer:
            await answer.content.readany()
            answer.close()
        while not any(r.aborted for r in sandbox.state.journal):
            await asyncio.sleep(0.01)

    run(team(make_env, sandbox.origin), use)
    assert caplog.messages == []


def test_a_token_in_a_query_is_in_no_log_of_the_host(
    make_env: MakeEnv, sandbox: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def use(client: aiohttp.ClientSession) -> int:
        async with client.post(f"{UNARY}?key={TOKEN}", json=BODY) as answer:
            return answer.status

    with caplog.at_level(logging.INFO, "aiohttp.access"):
        assert run(team(make_env, sandbox.origin), use) == 200
    assert f"POST {UNARY}?key=" in caplog.text
    assert TOKEN not in caplog.text


def test_nor_is_it_quoted_of_a_request_that_is_not_http(
    make_env: MakeEnv, sandbox: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def use(client: aiohttp.ClientSession) -> bytes:
        base = client._base_url
        assert base is not None
        reader, writer = await asyncio.open_connection(base.host, base.port)
        writer.write(f"GET / HTTP/1.1\r\nhost: x\r\nx-goog-api-key {TOKEN}\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer

    assert run(team(make_env, sandbox.origin), use).startswith(b"HTTP/1.0 400 ")
    assert "x-goog-api-key" in caplog.text
    assert TOKEN not in caplog.text


def test_it_works_where_nothing_can_be_written(
    make_env: MakeEnv, sandbox: SandboxServer, tmp_path: Any
) -> None:
    (tmp_path / "file").write_text("")

    async def use(client: aiohttp.ClientSession) -> int:
        async with client.post(UNARY, json=BODY, headers={"x-goog-api-key": TOKEN}) as answer:
            return answer.status

    env = team(make_env, sandbox.origin, BYTESPIKE_CONFIG_DIR=str(tmp_path / "none"))
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "state").write_text("")
    (tmp_path / "none" / "cache").write_text("")
    assert run(env, use) == 200


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"BYTESPIKE_SHIM_TOKEN": ""}, "BYTESPIKE_SHIM_TOKEN is not set"),
        ({"BYTESPIKE_SHIM_TOKEN": "short"}, "shorter than 24 characters"),
        ({"BYTESPIKE_SHIM_TOKEN": f"{TOKEN} short"}, "shorter than 24 characters"),
        ({"BYTESPIKE_SHIM_TOKEN": GEMINI_KEY}, "is the real key"),
        ({"BYTESPIKE_API_KEY": ""}, "No ByteSpike key"),
    ],
)
def test_what_it_does_not_start_with(
    make_env: MakeEnv, variables: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        application(team(make_env, "http://127.0.0.1:1", **variables))
