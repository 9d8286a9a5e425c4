"""The surface /v1beta: generate, stream, and the methods that are off by default."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.catalogue import MODELS, google_model, reach
from bytespike_cli.sandbox.delivery import deliver
from bytespike_cli.sandbox.errors import FAILURES, Refused
from bytespike_cli.sandbox.generate import Reply, blocked, reply_to, whole
from bytespike_cli.sandbox.ledger import Account
from bytespike_cli.sandbox.prompt import read_prompt
from bytespike_cli.sandbox.stream import SSE_TYPE, encode

MAX_THINKING_S = 1.0
"""The longest that a whole answer makes its client wait for its words."""


async def generate(call: Call, slug: str) -> web.StreamResponse:
    """POST /v1beta/models/{slug}:generateContent (contract.md 3.1)."""
    async with _admitted(call, slug) as account:
        reply = await _think(call, slug)
        fault = call.strike("body")
        if fault is not None:
            prompt_blocked = fault.name == "blocked-prompt"
            return call.reply_json(blocked(reply) if prompt_blocked else whole(reply))
        delay_s = call.state.config.word_delay_ms / 1000
        await asyncio.sleep(min(delay_s * len(reply.words), MAX_THINKING_S))
        call.record.billed = account.bill(slug, reply.tokens_in, reply.tokens_out)
        return call.reply_json(whole(reply))


async def stream(call: Call, slug: str) -> web.StreamResponse:
    """POST /v1beta/models/{slug}:streamGenerateContent (contract.md 3.2)."""
    async with _admitted(call, slug) as account:
        query = call.request.query
        alt = query.get("alt", query.get("$alt", "json")).partition(";")[0]
        if alt not in ("json", "sse"):
            raise Refused(FAILURES["invalid-param"], f"Invalid value at 'alt': {alt}")
        reply = await _think(call, slug)
        fault = call.strike("body")
        match fault.name if fault else "":
            case "empty-body":
                return call.reply(b"", SSE_TYPE)
            case "error-in-200":
                return call.reply_json({})
            case "suffix-ignored":
                call.record.billed = account.bill(slug, reply.tokens_in, reply.tokens_out)
                return call.reply_json(whole(reply))
            case "blocked-prompt":
                return call.reply(b"data: " + encode(blocked(reply)) + b"\n\n", SSE_TYPE)
        array = alt != "sse" and call.state.dialects["without-alt-sse"] == "array"
        return await deliver(call, account, reply, array=array)


async def count_tokens(call: Call, slug: str) -> web.StreamResponse:
    """POST /v1beta/models/{slug}:countTokens, if the dialect serves it."""
    _need(call, "count-tokens")
    account = call.authenticate()
    body = await call.json_body()
    if isinstance(body, dict) and isinstance(body.get("generateContentRequest"), dict):
        body = body["generateContentRequest"]
    prompt = read_prompt(body)
    _check_model(call, account, slug)
    call.answer_fault()
    return call.reply_json({"totalTokens": prompt.tokens})


async def list_models(call: Call) -> web.StreamResponse:
    """GET /v1beta/models, if the dialect serves it."""
    _need(call, "models-list")
    slugs = reach(call.authenticate().key, call.state.dialects["catalogue"])
    call.answer_fault()
    return call.reply_json({"models": [google_model(slug) for slug in slugs]})


async def show_model(call: Call, slug: str) -> web.StreamResponse:
    """GET /v1beta/models/{slug}, if the dialect serves it."""
    _need(call, "models-list")
    _check_model(call, call.authenticate(), slug)
    call.answer_fault()
    return call.reply_json(google_model(slug))


@asynccontextmanager
async def _admitted(call: Call, slug: str) -> AsyncIterator[Account]:
    """Hold a place among the key's requests in flight. Raises Refused for want of key or place."""
    call.record.model = slug
    account = call.authenticate()
    if account.in_flight >= account.key.in_flight_max:
        raise Refused(FAILURES["concurrency"])
    account.in_flight += 1
    try:
        yield account
    finally:
        account.in_flight -= 1


async def _think(call: Call, slug: str) -> Reply:
    """Check everything that the gateway checks, then answer."""
    account = call.account
    if account is None:
        raise RuntimeError("the call was not admitted")
    prompt = read_prompt(await call.json_body())
    _check_model(call, account, slug)
    if not MODELS[slug].is_text:
        raise Refused(FAILURES["invalid-param"], f"{slug} does not support generateContent")
    if account.short_of:
        raise Refused(FAILURES[account.short_of])
    call.answer_fault()
    reply_id = f"sandbox-{call.record.number:06d}"
    return reply_to(prompt, slug, reply_id=reply_id, thoughts=call.state.dialects["thoughts"])


def _check_model(call: Call, account: Account, slug: str) -> None:
    dialects = call.state.dialects
    if slug in reach(account.key, dialects["catalogue"]):
        return
    if slug in MODELS:
        row = {"403": "model-not-in-group", "400": "model-not-allowed"}
        raise Refused(FAILURES[row[dialects["model-not-in-group"]]])
    row = {
        "404": "unknown-model",
        "400-not-found": "model-not-found",
        "400-unsupported": "unsupported-model",
    }
    failure = FAILURES[row[dialects["unknown-model"]]]
    raise Refused(failure, f"{failure.message}: {slug}")


def _need(call: Call, dialect: str) -> None:
    if call.state.dialects[dialect] == "absent":
        raise call.nowhere()
