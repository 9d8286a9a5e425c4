from typing import Any

import pytest

from bytespike_cli.direct.outcome import Outcome
from bytespike_cli.errors import ProtocolError, RequestError


def piece(text: str = "", finish: str = "", **more: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": [{"text": text}]}}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], **more}


def outcome(*documents: dict[str, Any]) -> Outcome:
    result = Outcome()
    for document in documents:
        result.add(document)
    return result


def test_adds_up() -> None:
    whole = outcome(
        piece("Sev", modelVersion="gemini-3-flash"),
        piece("en.", "STOP", usageMetadata={"totalTokenCount": 6}),
    )
    whole.check()
    assert (whole.text, whole.note) == ("Seven.", "")
    assert (whole.served_model, whole.usage) == ("gemini-3-flash", {"totalTokenCount": 6})


@pytest.mark.parametrize(
    ("documents", "note"),
    [
        ([piece("Sev", "MAX_TOKENS")], "The answer was cut"),
        ([piece("", "MAX_TOKENS")], "thought without answering"),
        ([piece("", "STOP")], "holds no text"),
    ],
)
def test_notes(documents: list[dict[str, Any]], note: str) -> None:
    result = outcome(*documents)
    result.check()
    assert note in result.note


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (piece("", "SAFETY"), "declined to go on (SAFETY)"),
        (piece("half", "RECITATION"), "(RECITATION)"),
        ({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, "prompt was blocked"),
        (piece("", "MALFORMED_FUNCTION_CALL"), "stopped without an answer"),
    ],
)
def test_declined(document: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError) as caught:
        outcome(document).check()
    assert words in caught.value.cause
    assert caught.value.status == 1


@pytest.mark.parametrize("documents", [[], [{}], [{"candidates": []}]])
def test_nothing_at_all_is_no_answer(documents: list[dict[str, Any]]) -> None:
    with pytest.raises(ProtocolError):
        outcome(*documents).check()
