"""The surface /v1beta: generate, stream, and the methods that are off by default."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import web

from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.catalogue import MODELS, google_model
from bytespike_cli.sandbox.delivery import deliver
from bytespike_cli.sandbox.errors import FAILURES, Refused
from bytespike_cli.sandbox.generate import Reply, blocked, reply_to, whole
from bytespike_cli.sandbox.image_api import inline_picture, makes_pictures
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
    call.authenticate()
    body = await call.json_body()
    if isinstance(body, dict) and isinstance(body.get("generateContentRequest"), dict):
        body = body["generateContentRequest"]
    prompt = read_prompt(body)
    call.check_model(slug)
    call.answer_fault()
    return call.reply_json({"totalTokens": prompt.tokens})


async def list_models(call: Call) -> web.StreamResponse:
    """GET /v1beta/models, if the dialect serves it."""
    _need(call, "models-list")
    slugs = call.reach()
    call.answer_fault()
    return call.reply_json({"models": [google_model(slug) for slug in slugs]})


async def show_model(call: Call, slug: str) -> web.StreamResponse:
    """GET /v1beta/models/{slug}, if the dialect serves it."""
    _need(call, "models-list")
    call.check_model(slug)
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
    body = await call.json_body()
    prompt = read_prompt(body)
    call.check_model(slug)
    draws = call.state.dialects["image-models"] == "inline" and makes_pictures(slug)
    if not (MODELS[slug].is_text or draws):
        raise Refused(FAILURES["invalid-param"], f"{slug} does not support generateContent")
    call.check_purse()
    call.answer_fault()
    reply_id = f"sandbox-{call.record.number:06d}"
    reply = reply_to(prompt, slug, reply_id=reply_id, thoughts=call.state.dialects["thoughts"])
    if draws:
        return replace(reply, words=("Here", " it", " is."), pictures=(inline_picture(slug, body),))
    return reply


def _need(call: Call, dialect: str) -> None:
    if call.state.dialects[dialect] == "absent":
        raise call.nowhere()
