"""`generate_videos` of Google's SDKs: a task is submitted, and told as the operation of Google's.

Nothing is kept in between: the name of an operation is all that is needed to find its task.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from bytespike_cli.constants import HEADER_SERVED_KEY, HEADER_SERVED_MODEL
from bytespike_cli.shim.keys import Keys
from bytespike_cli.shim.record import applied, current
from bytespike_cli.shim.replies import document, refusal
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import Refused, Unreachable
from bytespike_cli.wire.causes import Retry
from bytespike_cli.wire.google_video import NotPossible, going_on, operation, read_request
from bytespike_cli.wire.handles import Handle, read_handle
from bytespike_cli.wire.media_slug import Kind, kind_of
from bytespike_cli.wire.submission import Submission
from bytespike_cli.wire.task_state import Media, Task
from bytespike_cli.wire.tasks import MAX_BODY_BYTES

PATIENCE_S = 300.0
"""How long a gateway that is down is waited out, one poll of the client's after the other."""
NO_OPERATION = "There is no such operation: its name was not made by bytespike."
NO_VIDEO = "'{model}' makes no videos."
TOO_LARGE = "With its picture the request is larger than the 1 MiB that the gateway takes."
HEADER_LEFT_OUT = "x-bytespike-left-out"
"""Parameters that the gateway has no name for, and that the video is made without."""


class Videos:
    """Answers `:predictLongRunning`, and the questions for its operations."""

    def __init__(self, settings: ShimSettings, keys: Keys) -> None:
        self._now = settings.now
        self._origin = settings.origin
        self._keys = keys
        self._silent_since: dict[str, float] = {}

    async def start(self, model: str, body: bytes) -> web.Response:
        """Submit a video, once. Raises Refused and Unreachable."""
        applied("videos")
        choice, key = await self._keys.choose(model)
        current().key = choice.key
        if choice.served is None:
            return refusal(choice.http_status, choice.sentence)
        if kind_of(choice.served) is not Kind.VIDEO:
            return refusal(400, NO_VIDEO.format(model=choice.served))
        try:
            wanted, left_out = read_request(_json(body))
        except NotPossible as reason:
            return refusal(400, str(reason))
        submission = Submission(
            choice.served,
            wanted.params,
            "",
            catalogue=await key.catalogue.models(),
            form=key.tasks.submit_form,
        )
        record = key.tasks.new_record("video", model, wanted.prompt)
        submission.out_task_id = record.out_task_id
        if len(submission.call.content or b"") > MAX_BODY_BYTES:
            return refusal(413, TOO_LARGE)
        key.tasks.prepare(record)
        try:
            handle, task = await key.tasks.submit(record, submission)
        # What may have been taken is ended: a client that repeats it does so under another id.
        except Refused as refused:
            return key.refusals.of_gateway(refused, ends=refused.failure.http_status >= 500)
        except Unreachable as silence:
            return key.refusals.of_silence(silence, ends=silence.connected)
        current().served = submission.slug
        headers = {
            HEADER_SERVED_MODEL: f"{model} -> {submission.slug}",
            HEADER_SERVED_KEY: choice.key,
        }
        if left_out:
            headers[HEADER_LEFT_OUT] = ", ".join(left_out)
        name = f"models/{quote(model, safe='')}/operations/{handle.text}"
        return document(going_on(name, task.status), **headers)

    async def show(self, raw_path: str, handle_text: str) -> web.Response:
        """Ask for the task of an operation; the answer has the client's own name for it."""
        applied("videos")
        handle = read_handle(handle_text)
        if handle is None:
            return refusal(404, NO_OPERATION)
        name = raw_path.lstrip("/").partition("/")[2]
        key = await self._keys.named(handle.key)
        current().key = key.settings.key_name
        try:
            task = await key.tasks.query(handle)
        except Refused as refused:
            if refused.failure.retry is Retry.NEVER or self._is_out_of_patience(handle_text):
                return key.refusals.of_gateway(refused)
            return document(going_on(name, f"not known: {refused.failure.cause.value}"))
        except Unreachable as silence:
            if self._is_out_of_patience(handle_text):
                return key.refusals.of_silence(silence)
            return document(going_on(name, "not known: the gateway does not answer"))
        self._silent_since.pop(handle_text, None)
        uris = tuple(self._uri(handle, n, media) for n, media in enumerate(videos_of(task)))
        return document(operation(name, task, uris))

    def _is_out_of_patience(self, operation_id: str) -> bool:
        """A script that polls does not try again: one failed poll would lose it the video."""
        since = self._silent_since.setdefault(operation_id, self._now())
        return self._now() - since > PATIENCE_S

    def _uri(self, handle: Handle, index: int, media: Media) -> str:
        """Return an address that the SDKs take the id of a file from, by which they then ask us.

        It has to be https and to have `files/` before the id (clients.md 3). Where the file's own
        address can carry that behind a `#`, a program that simply fetches it gets the file, too.
        """
        text = Handle(handle.surface, handle.key, handle.task_id, handle.out_task_id, index).text
        own = media.url
        if own.startswith("https://") and "#" not in own and "files/" not in own:
            return f"{own}#files/{text}"
        host = urlsplit(self._origin).netloc
        return f"https://{host}/v1beta/files/{text}:download?alt=media"


def videos_of(task: Task) -> list[Media]:
    """Return the results of a task that are videos, or are not said to be anything else."""
    return [media for media in task.media if media.kind in ("video", "") and media.url]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise NotPossible("The body is not JSON.") from None
