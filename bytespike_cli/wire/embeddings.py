"""Embeddings: one content or many, each form in terms of the other.

SDKs ask in one form (google-genai always for many: clients.md 3), and a gateway may have the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

ONE, MANY = "embedContent", "batchEmbedContents"
OTHER: Mapping[str, str] = {ONE: MANY, MANY: ONE}
MOST = 100
"""Google's own limit of contents in one request."""


def one_as_many(body: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """Return the request for many of a request for one."""
    return {"requests": [{**body, "model": f"models/{slug}"}]}


def many_as_ones(body: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return a request for one for each of many; None where it is not a request for many."""
    requests = body.get("requests")
    if not isinstance(requests, list) or not all(isinstance(item, dict) for item in requests):
        return None
    return requests if 0 < len(requests) <= MOST else None


def answer_of_one(answer: Any) -> dict[str, Any] | None:
    """Return the answer for one out of the answer for many; None where it has none."""
    embeddings = answer.get("embeddings") if isinstance(answer, Mapping) else None
    if not isinstance(embeddings, list) or not embeddings:
        return None
    return {"embedding": embeddings[0]}


def answer_of_many(answers: Sequence[Any]) -> dict[str, Any] | None:
    """Return the answer for many out of the answers for each; None where one has none."""
    embeddings = [a.get("embedding") if isinstance(a, Mapping) else None for a in answers]
    return {"embeddings": embeddings} if all(embeddings) else None
