"""Pictures as Google's clients ask for them, and as they are told."""

from typing import Any

import pytest

from bytespike_cli.wire.google_image import (
    NotPossible,
    content_answer,
    predict_answer,
    read_content_request,
    read_predict_request,
)

PNG = {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}
OTHER = {"inlineData": {"mimeType": "image/png", "data": "aGkh"}}


def content(*turns: Any, **config: Any) -> dict[str, Any]:
    contents = [{"role": role, "parts": parts} for role, parts in turns]
    return {"contents": contents, "generationConfig": config}


def test_words_and_shape() -> None:
    asked = content(
        ("user", [{"text": "a paper"}, {"text": "crane"}]),
        imageConfig={"aspectRatio": "16:9"},
        seed=3,
    )
    request = read_content_request(asked)
    assert request.params == {
        "prompt": "a paper\ncrane",
        "n": 1,
        "aspect_ratio": "16:9",
        "seed": 3,
    }


def test_one_part_without_a_list() -> None:
    asked = {"contents": {"parts": {"text": "a crane"}}}
    assert read_content_request(asked).prompt == "a crane"


def test_a_picture_to_edit_is_the_last_of_the_conversation() -> None:
    first = ("user", [{"text": "a crane"}])
    drawn = ("model", [{"text": "Here."}, PNG])
    request = read_content_request(content(first, drawn, ("user", [{"text": "bluer"}])))
    assert (request.prompt, request.image) == ("bluer", "data:image/png;base64,iVBORw0KGgo=")
    request = read_content_request(content(first, drawn, ("user", [{"text": "like this"}, OTHER])))
    assert request.image == "data:image/png;base64,aGkh"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([], "needs `contents`"),
        ({"contents": []}, "needs `contents`"),
        (content(("user", [PNG])), "needs words"),
        (content(("user", [{"text": "both"}, PNG, OTHER])), "one picture"),
        (
            content(
                ("user", [{"text": "a"}, {"inlineData": {"mimeType": "video/mp4", "data": "aGkh"}}])
            ),
            "take pictures",
        ),
    ],
)
def test_what_no_image_endpoint_can_do(asked: Any, words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        read_content_request(asked)


def test_predict() -> None:
    asked = {
        "instances": [{"prompt": "a crane"}],
        "parameters": {"sampleCount": 3, "aspectRatio": "4:3", "seed": 1},
    }
    request = read_predict_request(asked)
    assert request.params == {"prompt": "a crane", "n": 3, "aspect_ratio": "4:3", "seed": 1}


@pytest.mark.parametrize(
    "asked",
    [
        [],
        {"instances": []},
        {"instances": [{"prompt": ""}]},
        {"instances": [{"prompt": "a"}], "parameters": {"sampleCount": 9}},
        {"instances": [{"prompt": "a"}], "parameters": {"sampleCount": "1"}},
    ],
)
def test_predict_that_cannot_be(asked: Any) -> None:
    with pytest.raises(NotPossible):
        read_predict_request(asked)


def test_answers() -> None:
    told = content_answer([("image/png", b"hi!")], "a crane", "nano-banana")
    (candidate,) = told["candidates"]
    assert candidate["content"]["parts"] == [{"text": "a crane"}, OTHER]
    assert candidate["finishReason"] == "STOP"
    assert content_answer([("image/png", b"hi!")], "", "m")["candidates"][0]["content"][
        "parts"
    ] == [OTHER]
    assert predict_answer([("image/png", b"hi!")]) == {
        "predictions": [{"mimeType": "image/png", "bytesBase64Encoded": "aGkh"}]
    }
