"""The key's catalogue in the shim."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from typing import Any

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.shim.catalogue import FRESH_FOR_S, Catalogue
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import Refused, Unreachable, Upstream
from bytespike_cli.wire.causes import Cause
from tests.conftest import MakeSandbox
from tests.shim.scripted import http, scripted

Test = Callable[[Catalogue], Awaitable[Any]]


def run(origin: str, test: Test, **settings: Any) -> Any:
    async def body() -> Any:
        given = ShimSettings(
            **{
                "origin": origin,
                "secret": GEMINI_KEY,
                "token": "t",
                "now": time.time,
                "key_name": "work",
                **settings,
            }
        )
        upstream = Upstream(given)
        await upstream.open()
        catalogue = Catalogue(given, upstream)
        try:
            return await test(catalogue)
        finally:
            await catalogue.close()
            await upstream.close()

    return asyncio.run(body())


async def twice(catalogue: Catalogue) -> Sequence[str] | None:
    await catalogue.models()
    return await catalogue.models()


def test_it_is_learned_once_and_cached(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox()
    saved: list[Sequence[str]] = []
    models = run(sandbox.origin, twice, save_models=saved.append)
    assert models is not None
    assert "gemini-3-1-pro" in models
    assert saved == [models]
    assert [record.path for record in sandbox.state.journal] == ["/v1/models"]


@pytest.mark.parametrize("shape", ["envelope", "data", "models", "items", "array"])
def test_it_is_taken_from_the_other_list_where_the_first_is_absent(
    make_sandbox: MakeSandbox, shape: str
) -> None:
    sandbox = make_sandbox(dialects={"available-models": shape}, faults=["models/not-found"])
    models = run(sandbox.origin, twice)
    assert models is not None
    assert "gemini-3-1-pro" in models


def test_a_gateway_without_any_is_not_asked_again_at_once(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["any/not-found"])
    assert run(sandbox.origin, twice) is None
    assert len(sandbox.state.journal) == 4


def test_a_fresh_one_asks_nobody(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox()
    models = run(sandbox.origin, twice, models=("a",), models_fetched_at=time.time())
    assert models == ("a",)
    assert len(sandbox.state.journal) == 0


def test_an_old_one_is_used_and_refreshed_behind(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox()
    saved = asyncio.Event()

    async def test(catalogue: Catalogue) -> tuple[Sequence[str] | None, Sequence[str] | None]:
        before = await catalogue.models()
        await asyncio.wait_for(saved.wait(), 10)
        return before, await catalogue.models()

    before, after = run(
        sandbox.origin,
        test,
        models=("a",),
        models_fetched_at=time.time() - FRESH_FOR_S - 1,
        save_models=lambda _models: saved.set(),
    )
    assert before == ("a",)
    assert "gemini-3-1-pro" in after


def test_one_that_has_not_changed_counts_as_fresh_again(make_sandbox: MakeSandbox) -> None:
    """Otherwise every launch would ask again."""
    sandbox = make_sandbox()
    models = tuple(run(sandbox.origin, lambda catalogue: catalogue.models()))
    saved = asyncio.Event()

    async def test(catalogue: Catalogue) -> None:
        await catalogue.models()
        await asyncio.wait_for(saved.wait(), 10)

    run(
        sandbox.origin,
        test,
        models=models,
        models_fetched_at=0.0,
        save_models=lambda _models: saved.set(),
    )


@pytest.mark.parametrize(
    ("listed_at", "document"),
    [
        ("/api/v1/me/account", b'{"allowed_models":[{"id":"gemini-3-flash"}]}'),
        ("/v1beta/models", b'{"models":[{"name":"models/gemini-3-flash"}]}'),
    ],
)
def test_it_is_found_wherever_the_gateway_lists_it(listed_at: str, document: bytes) -> None:
    def script(target: str, _body: bytes) -> Sequence[bytes]:
        return http(document) if target.endswith(f" {listed_at}") else http(b"{}", 404)

    async def learned(catalogue: Catalogue) -> Sequence[str] | None:
        return await catalogue.models()

    with scripted(script) as gateway:
        assert run(gateway.origin, learned) == ("gemini-3-flash",)


async def why(catalogue: Catalogue) -> tuple[Sequence[str] | None, Any]:
    return await catalogue.models(), catalogue.failure


def test_a_gateway_that_cannot_be_reached_is_asked_for_one_list() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as plug:
        origin = f"http://127.0.0.1:{plug.getsockname()[1]}"
    models, failure = run(origin, why)
    assert models is None
    assert isinstance(failure, Unreachable)
    assert origin in failure.sentence


def test_a_refused_key_is_told_and_an_absent_list_is_not(make_sandbox: MakeSandbox) -> None:
    models, failure = run(make_sandbox().origin, why, secret="sk-byts-wrong")
    assert models is None
    assert isinstance(failure, Refused)
    assert failure.failure.cause is Cause.BAD_KEY
    with scripted(lambda _target, _body: http(b"{}", 404)) as gateway:
        assert run(gateway.origin, why) == (None, None)
