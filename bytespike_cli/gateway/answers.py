"""What the gateway gives back: a check of a key, a whole answer, or one that arrives in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import httpx

from bytespike_cli import errors
from bytespike_cli.gateway.failures import (
    Refused,
    error_of,
    identity_of,
    lower_headers,
    unexpected,
)
from bytespike_cli.wire import answer
from bytespike_cli.wire.classify import classify_parsed
from bytespike_cli.wire.json_stream import StreamTooLarge
from bytespike_cli.wire.quota import Quota, from_headers
from bytespike_cli.wire.stream_repair import StreamEnd, StreamRepair

SEEN_BYTES = 1024
"""How much of what is no stream is kept, to say what was seen."""


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What is known of a key that the gateway accepts."""

    models: tuple[str, ...]
    """The slugs that it reaches; empty when no endpoint would say."""
    source: str
    """The path that told the models, or that accepted the key."""
    quota: Quota


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of generateContent."""

    document: dict[str, Any]
    quota: Quota
    request_id: str | None

    @property
    def text(self) -> str:
        """The words of the answer, without thoughts."""
        return answer.text_of(self.document)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of a streamed answer, as it arrived."""

    document: dict[str, Any]

    @property
    def text(self) -> str:
        """The words in this piece, without thoughts; often empty in the last one."""
        return answer.text_of(self.document)


class AnswerStream:
    """A streamed answer: iterate over it inside `with`; leaving early closes the connection.

    Chunks come out as they come in. Raises BrokenStreamError when the stream ends before its end
    (what had arrived was yielded), the gateway's error when one arrives in the middle, and
    ProtocolError when it is no stream of Gemini answers at all. Nothing is ever sent again: a
    resend is a new request (contract.md 4.4).
    """

    def __init__(self, response: httpx.Response, origin: str, now: float) -> None:
        self._response = response
        self._origin = origin
        self._now = now
        self._seen = b""
        self.quota = from_headers(lower_headers(response))
        """From before this answer: headers are sent before the first chunk (contract.md 3.2)."""
        self.request_id = identity_of(response)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the request at once, wherever it is."""
        self._response.close()

    def __iter__(self) -> Iterator[Chunk]:
        repair = StreamRepair()
        try:
            yield from self._arriving(repair)
        except httpx.DecodingError as error:
            raise error_of(error, self._origin) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            yield from _chunks(repair.finish(clean=False))
            if repair.end is not StreamEnd.COMPLETE and not repair.saw_done:
                raise self._broken(f"{type(error).__name__}: {error}") from None
            return
        except StreamTooLarge as error:
            raise errors.ProtocolError(
                f"{self._origin} sent one event that is larger than any answer.", detail=str(error)
            ) from None
        self._refuse_error(repair)
        last = repair.finish(clean=True)
        if repair.end is StreamEnd.UNFINISHED:
            last.pop()  # a STOP that the gateway never sent: for clients, not for us
        yield from _chunks(last)
        self._refuse_error(repair)
        if repair.end is StreamEnd.CUT:
            raise self._broken("the last event breaks off in the middle")
        if repair.empty:
            raise unexpected(self._response.headers, self._seen, self._origin)
        if repair.end is StreamEnd.UNFINISHED and not repair.saw_done:
            raise self._broken("the last event has no finishReason, and no [DONE] followed")

    def _arriving(self, repair: StreamRepair) -> Iterator[Chunk]:
        for data in self._response.iter_bytes():
            if repair.empty:
                self._seen = (self._seen + data)[:SEEN_BYTES]
            yield from _chunks(repair.feed(data))
            if repair.error is not None:
                return

    def _refuse_error(self, repair: StreamRepair) -> None:
        if repair.error is None:
            return
        self.close()
        if repair.error.shape == "text":  # no error of the gateway, but an event that is no JSON
            raise self._broken(repair.error.message)
        path = self._response.request.url.path
        failure = classify_parsed(repair.error, path=path, now=self._now)
        raise Refused(failure, self.request_id, where="in the stream").as_error()

    def _broken(self, detail: str) -> errors.BrokenStreamError:
        return errors.BrokenStreamError(
            "The stream ended before the answer was complete; the part above is all that came.",
            fix="send it again: that is a new request; a broken stream is not billed",
            detail=detail,
        )


def _chunks(events: list[bytes]) -> Iterator[Chunk]:
    for event in events:
        document = json.loads(event.partition(b":")[2])
        if isinstance(document, dict):
            yield Chunk(document)
