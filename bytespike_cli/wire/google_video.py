"""Videos as Google's clients ask for them: `:predictLongRunning`, and the operation that follows.

Fields are those that google-genai 2.34 and @google/genai 2.x write for the Developer API
(their `_GenerateVideosParameters_to_mldev`), and https://ai.google.dev/gemini-api/docs/video.
"""

import re
from collections.abc import Mapping
from typing import Any

from bytespike_cli.wire.images import data_uri, decode
from bytespike_cli.wire.media_type import sniff
from bytespike_cli.wire.task_state import Task, TaskState
from bytespike_cli.wire.video import VideoRequest

_TYPES = "type.googleapis.com/google.ai.generativelanguage.v1beta."
_WITHOUT_A_NAME = ("personGeneration", "enhancePrompt", "compressionQuality", "storageUri")
"""Parameters that the gateway's pages have no name for, and that a video is made without."""
_NOT_POSSIBLE = {
    "lastFrame": "a last frame",
    "referenceImages": "reference images",
    "video": "a video to go on from",
}
_CONTENT = re.compile(r"policy|safety|block|refus|moderat|sensitive", re.IGNORECASE)
_MESSAGES: Mapping[TaskState, str] = {
    TaskState.FAILED: "The gateway could not make the video; it is not billed.",
    TaskState.CANCELLED: "The task was cancelled.",
    TaskState.EXPIRED: "The task has expired.",
}
_CODES: Mapping[TaskState, int] = {
    TaskState.FAILED: 13,
    TaskState.CANCELLED: 1,
    TaskState.EXPIRED: 4,
}
"""google.rpc.Code: INTERNAL, CANCELLED, DEADLINE_EXCEEDED."""
_INVALID_ARGUMENT = 3


class NotPossible(ValueError):
    """Raised for a request that the gateway has no way to fulfil; the text says what it is."""


def read_request(body: Any) -> tuple[VideoRequest, tuple[str, ...]]:
    """Return what a body of `:predictLongRunning` asks for, and the names of what is left out.

    Raises NotPossible, so that nothing is billed that is not what was asked for.
    """
    instances = body.get("instances") if isinstance(body, Mapping) else None
    if not isinstance(instances, list) or len(instances) != 1:
        raise NotPossible("The body needs `instances`, with one in it.")
    instance, parameters = instances[0], body.get("parameters") or {}
    if not isinstance(instance, Mapping) or not isinstance(parameters, Mapping):
        raise NotPossible("`instances` and `parameters` are to hold objects.")
    for name, what in _NOT_POSSIBLE.items():
        if instance.get(name) or parameters.get(name):
            raise NotPossible(f"ByteSpike's video models take no {what.removeprefix('a ')}.")
    count = parameters.get("sampleCount", 1)
    if count not in (1, "1"):
        raise NotPossible("ByteSpike makes one video a request; ask again for the next.")
    prompt = instance.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise NotPossible("ByteSpike's video models need a prompt, with a picture too.")
    negative = parameters.get("negativePrompt")
    request = VideoRequest(
        prompt,
        duration_s=_whole(parameters, "durationSeconds"),
        resolution=_text(parameters, "resolution"),
        aspect_ratio=_text(parameters, "aspectRatio"),
        image=_picture(instance.get("image")),
        seed=_whole(parameters, "seed"),
        audio=_flag(parameters, "generateAudio"),
        extra={"negative_prompt": negative} if negative else {},
    )
    return request, tuple(name for name in _WITHOUT_A_NAME if parameters.get(name) is not None)


def operation(name: str, task: Task, uris: tuple[str, ...]) -> dict[str, Any]:
    """Return a task as Google's operation; `uris` are the addresses of its videos.

    A completed task is done with a response, one that ended otherwise with an error.
    """
    if not task.state.is_final:
        return going_on(name, task.status)
    done: dict[str, Any] = {"name": name, "done": True}
    if task.state is TaskState.COMPLETED:
        samples = [{"video": {"uri": uri, "encoding": "video/mp4"}} for uri in uris]
        return done | {
            "response": {
                "@type": f"{_TYPES}PredictLongRunningResponse",
                "generateVideoResponse": {"generatedSamples": samples},
            }
        }
    words = f"{_MESSAGES[task.state]} {task.message}".strip()
    of_content = task.state is TaskState.FAILED and _CONTENT.search(f"{task.code} {task.message}")
    code = _INVALID_ARGUMENT if of_content else _CODES[task.state]
    return done | {"error": {"code": code, "message": f"[bytespike] {words}"}}


def going_on(name: str, status: str) -> dict[str, Any]:
    """Return the operation of a task that is not over; `status` is the gateway's word."""
    metadata = {"@type": f"{_TYPES}PredictLongRunningMetadata", "state": status}
    return {"name": name, "metadata": metadata}


def _picture(image: Any) -> str:
    """Return a first frame as a `data:` URI, or "" for none."""
    if not image:
        return ""
    inline = image.get("inlineData", image) if isinstance(image, Mapping) else {}
    encoded = inline.get("bytesBase64Encoded") or inline.get("data")
    if not isinstance(encoded, str) or (content := decode(encoded)) is None:
        raise NotPossible("The picture has to be in the request, as base64.")
    mime = inline.get("mimeType")
    return data_uri(mime if isinstance(mime, str) and mime else _mime(content), content)


def _mime(content: bytes) -> str:
    found = sniff(content)
    if found is None or not found.startswith("image/"):
        raise NotPossible("The picture is of no kind that is known.")
    return found


def _whole(parameters: Mapping[str, Any], name: str) -> int | None:
    value = parameters.get(name)
    if isinstance(value, str) and value.removesuffix("s").isdecimal():
        value = int(value.removesuffix("s"))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise NotPossible(f"`{name}` is to be a whole number.")
    return int(value)


def _text(parameters: Mapping[str, Any], name: str) -> str:
    value = parameters.get(name)
    if value is not None and not isinstance(value, str):
        raise NotPossible(f"`{name}` is to be a text.")
    return value or ""


def _flag(parameters: Mapping[str, Any], name: str) -> bool | None:
    value = parameters.get(name)
    if value is not None and not isinstance(value, bool):
        raise NotPossible(f"`{name}` is to be true or false.")
    return value
