"""What is free to read: GET /v1/models, /api/v1/me/available-models and /api/v1/me/account."""

from aiohttp import web

from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.catalogue import account as account_document
from bytespike_cli.sandbox.catalogue import available_models, openai_list
from bytespike_cli.sandbox.seed import USD


async def models(call: Call) -> web.StreamResponse:
    """GET /v1/models (contract.md 3.4)."""
    query = call.request.query
    document = openai_list(
        _slugs(call),
        family=query.get("family", ""),
        capabilities=query.getall("capability", []),
        form=call.state.dialects["models"],
    )
    call.answer_fault()
    return call.reply_json(document)


async def available(call: Call) -> web.StreamResponse:
    """GET /api/v1/me/available-models (contract.md 3.5)."""
    dialects = call.state.dialects
    document = available_models(
        _slugs(call),
        dialects["available-models"],
        dialects["available-entries"],
        dialects["image-models"],
    )
    call.answer_fault()
    return call.reply_json(document)


async def account(call: Call) -> web.StreamResponse:
    """GET /api/v1/me/account (contract.md 3.6)."""
    slugs = _slugs(call)
    purse = call.authenticate()
    left = 0.0 if purse.key.unpaid else purse.left(purse.key.quota_usd) / USD
    call.answer_fault()
    return call.reply_json(
        account_document(purse.key, slugs, spent_usd=purse.spent / USD, left_usd=left)
    )


def _slugs(call: Call) -> tuple[str, ...]:
    return call.reach()
