"""Embeddings: one content or many, each form in terms of the other."""

from typing import Any

import pytest

from bytespike_cli.wire.embeddings import (
    MOST,
    answer_of_many,
    answer_of_one,
    many_as_ones,
    one_as_many,
)

CONTENT: dict[str, Any] = {"content": {"parts": [{"text": "a"}]}, "taskType": "RETRIEVAL_QUERY"}
VALUES = {"values": [0.1, 0.2]}


def test_one_becomes_many() -> None:
    body = one_as_many({**CONTENT, "model": "models/asked"}, "served")
    assert body == {"requests": [{**CONTENT, "model": "models/served"}]}
    assert answer_of_one({"embeddings": [VALUES]}) == {"embedding": VALUES}


def test_many_become_ones() -> None:
    requests = [{**CONTENT, "model": "models/a"}, {**CONTENT, "model": "models/a"}]
    assert many_as_ones({"requests": requests}) == requests
    assert answer_of_many([{"embedding": VALUES}] * 2) == {"embeddings": [VALUES, VALUES]}


@pytest.mark.parametrize(
    "body",
    [{}, {"requests": {}}, {"requests": []}, {"requests": ["a"]}, {"requests": [{}] * (MOST + 1)}],
)
def test_what_is_not_many(body: dict[str, Any]) -> None:
    assert many_as_ones(body) is None


@pytest.mark.parametrize("answer", [None, [], {}, {"embeddings": []}, {"embeddings": {}}])
def test_an_answer_without_embeddings(answer: Any) -> None:
    assert answer_of_one(answer) is None
    assert answer_of_many([answer, {"embedding": VALUES}]) is None
