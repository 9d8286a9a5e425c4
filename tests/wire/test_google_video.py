"""Videos as Google's clients ask for them, and as they are told."""

from typing import Any

import pytest

from bytespike_cli.wire.google_video import NotPossible, going_on, operation, read_request
from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.task_state import read_task

PNG = "iVBORw0KGgoAAAANSUhEUg=="
NAME = "models/veo-3.1/operations/abc"


def body(instance: Any = None, **parameters: Any) -> dict[str, Any]:
    return {"instances": [{"prompt": "fog", **(instance or {})}], "parameters": parameters}


def test_every_parameter_has_its_name() -> None:
    asked = body(
        {"image": {"bytesBase64Encoded": PNG, "mimeType": "image/png"}},
        durationSeconds=6,
        aspectRatio="9:16",
        resolution="1080p",
        seed=4,
        negativePrompt="birds",
        generateAudio=True,
        sampleCount=1,
        personGeneration="allow_all",
        enhancePrompt=True,
    )
    request, left_out = read_request(asked)
    assert request.params(Surface.TASKS) == {
        "prompt": "fog",
        "duration_seconds": 6,
        "resolution": "1080p",
        "aspect_ratio": "9:16",
        "image_init": f"data:image/png;base64,{PNG}",
        "seed": 4,
        "audio": True,
        "negative_prompt": "birds",
    }
    assert left_out == ("personGeneration", "enhancePrompt")


@pytest.mark.parametrize(("given", "seconds"), [(8, 8), ("8", 8), ("8s", 8), (8.0, 8), (None, 5)])
def test_lengths(given: Any, seconds: int) -> None:
    request, _ = read_request(body(durationSeconds=given))
    assert request.params(Surface.TASKS)["duration_seconds"] == seconds


@pytest.mark.parametrize(
    "image",
    [
        {"bytesBase64Encoded": PNG},
        {"bytesBase64Encoded": PNG, "mimeType": "image/png"},
        {"inlineData": {"data": PNG, "mimeType": "image/png"}},
    ],
)
def test_forms_of_a_picture(image: Any) -> None:
    request, _ = read_request(body({"image": image}))
    assert request.image == f"data:image/png;base64,{PNG}"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([], "needs `instances`"),
        ({"instances": []}, "with one in it"),
        ({"instances": [{"prompt": "a"}, {"prompt": "b"}]}, "with one in it"),
        ({"instances": ["a"]}, "are to hold objects"),
        ({"instances": [{"prompt": "a"}], "parameters": [1]}, "are to hold objects"),
        ({"instances": [{"prompt": " "}]}, "need a prompt"),
        (body({"lastFrame": {"bytesBase64Encoded": PNG}}), "take no last frame"),
        (body({"video": {"uri": "https://a"}}), "take no video to go on from"),
        (body({"referenceImages": [{}]}), "take no reference images"),
        (body({"image": {"gcsUri": "gs://a"}}), "as base64"),
        (body({"image": "cat.png"}), "as base64"),
        (body({"image": {"bytesBase64Encoded": "aGk="}}), "of no kind that is known"),
        (body(sampleCount=2), "one video a request"),
        (body(durationSeconds="long"), "`durationSeconds` is to be a whole number"),
        (body(durationSeconds=True), "a whole number"),
        (body(seed=1.5), "`seed` is to be a whole number"),
        (body(aspectRatio=9), "`aspectRatio` is to be a text"),
        (body(generateAudio="yes"), "true or false"),
    ],
)
def test_what_cannot_be_done_is_said_before_it_costs(asked: Any, words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        read_request(asked)


def task(**fields: Any) -> Any:
    found = read_task({"task_id": "task_01", **fields})
    assert found is not None
    return found


@pytest.mark.parametrize("status", ["pending", "queued", "running", "dreaming"])
def test_an_operation_that_goes_on(status: str) -> None:
    told = operation(NAME, task(status=status), ())
    assert told == going_on(NAME, status)
    assert "done" not in told


def test_an_operation_that_is_done() -> None:
    told = operation(NAME, task(status="completed"), ("https://a/files/b",))
    assert (told["name"], told["done"]) == (NAME, True)
    (sample,) = told["response"]["generateVideoResponse"]["generatedSamples"]
    assert sample["video"]["uri"] == "https://a/files/b"


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"status": "failed", "message": "no luck"}, 13, "not billed. no luck"),
        ({"status": "failed", "error": {"code": "content_policy", "message": "no"}}, 3, "no"),
        ({"status": "failed", "error": "prompt refused"}, 3, "prompt refused"),
        ({"status": "canceled"}, 1, "cancelled"),
        ({"status": "expired"}, 4, "expired"),
    ],
)
def test_an_operation_that_failed(fields: Any, code: int, words: str) -> None:
    told = operation(NAME, task(**fields), ())
    assert told["done"] is True
    assert "response" not in told
    assert told["error"]["code"] == code
    assert words in told["error"]["message"]
