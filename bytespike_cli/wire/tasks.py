"""Requests about tasks in every dialect, and which dialect to try next (contract.md 3.10 to 3.15).

What the pages contradict each other about is tried one after the other, never twice at once:
nested parameters, then flat ones (C7); POST, then GET (C10); the id in the path, then in the body
(C37); tasks, then `/v1/videos` (C6). A refusal creates nothing and bills nothing, so that this is
free.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from bytespike_cli.constants import (
    TASKS_CANCEL_PATH,
    TASKS_QUERY_PATH,
    TASKS_STREAM_PATH,
    TASKS_SUBMIT_PATH,
    VIDEOS_SUBMIT_PATH,
    VIDEOS_TASKS_PATH,
)
from bytespike_cli.wire.causes import Cause
from bytespike_cli.wire.classify import Failure
from bytespike_cli.wire.json_bytes import json_bytes

MAX_BODY_BYTES = 1024 * 1024
"""Of a submit (contract.md 3.10); a larger one gets a 413."""

NOT_THERE = (404, 405, 501)
"""Statuses of a route or a method that the gateway does not have."""

_MISSING = re.compile(
    r"\b(?:missing|required|absent|not (?:provided|set|given|found))\b"
    r"|缺少|必填|必须|不能为空",
    re.IGNORECASE,
)
_PARAMS = re.compile(r"\bparams\b", re.IGNORECASE)


class SubmitForm(StrEnum):
    """How a submit is written."""

    NESTED = "nested"
    """`/v1/tasks/submit`, parameters in `params`: tasks-submit, the seed."""
    FLAT = "flat"
    """`/v1/tasks/submit`, parameters beside `model`: the model pages."""
    VIDEOS = "videos"
    """`/v1/videos/generations`: no out_task_id, so that it is never sent twice."""

    @property
    def is_idempotent(self) -> bool:
        """Whether a submit with the same out_task_id creates and bills nothing more."""
        return self is not SubmitForm.VIDEOS


class QueryForm(StrEnum):
    """How a task is asked for."""

    POST = "post"
    GET = "get"
    VIDEOS = "videos"


class CancelForm(StrEnum):
    """How a task is cancelled. `/v1/videos` has no way that is documented."""

    PATH = "path"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Call:
    """One request: what to send where. `query` is percent-encoded."""

    method: str
    path: str
    query: str = ""
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    form: bytes | None = field(default=None, repr=False)
    """A body that is no JSON, of `content_type`."""
    content_type: str = "application/json"

    @property
    def content(self) -> bytes | None:
        """The body as bytes, or None for a request without one."""
        if self.body is None:
            return self.form
        return json_bytes(self.body)


def submit(form: SubmitForm, model: str, params: Mapping[str, Any], out_task_id: str = "") -> Call:
    """Return the submit of a task. `params` are those of the form's surface (`video`, `images`).

    `/v1/videos` has no out_task_id: the one given is left out there.
    """
    if form is SubmitForm.VIDEOS:
        return Call("POST", VIDEOS_SUBMIT_PATH, body={**params, "model": model})
    own: dict[str, Any] = {"model": model}
    if out_task_id:
        own["out_task_id"] = out_task_id
    if form is SubmitForm.NESTED:
        return Call("POST", TASKS_SUBMIT_PATH, body={**own, "params": dict(params)})
    return Call("POST", TASKS_SUBMIT_PATH, body={**params, **own})


def query(form: QueryForm, *, task_id: str = "", out_task_id: str = "") -> Call:
    """Return the query for a task by one id; the gateway refuses both at once (3.11).

    `/v1/videos` knows task ids alone. Raises ValueError when there is no id to ask by.
    """
    name, value = _one_id(task_id, out_task_id, only_task_id=form is QueryForm.VIDEOS)
    match form:
        case QueryForm.POST:
            return Call("POST", TASKS_QUERY_PATH, body={name: value})
        case QueryForm.GET:
            return Call("GET", TASKS_QUERY_PATH, query=urlencode({name: value}))
        case QueryForm.VIDEOS:
            return Call("GET", f"{VIDEOS_TASKS_PATH}/{quote(value, safe='')}")


def cancel(form: CancelForm, *, task_id: str = "", out_task_id: str = "") -> Call:
    """Return the request to cancel a task by one id; the path takes task ids alone.

    Raises ValueError when there is no id to name.
    """
    name, value = _one_id(task_id, out_task_id, only_task_id=form is CancelForm.PATH)
    if form is CancelForm.PATH:
        return Call("POST", f"{TASKS_CANCEL_PATH}/{quote(value, safe='')}")
    return Call("POST", TASKS_CANCEL_PATH, body={name: value})


def stream(task_id: str) -> Call:
    """Return the request for the stream of a task's states (3.13)."""
    return Call("GET", f"{TASKS_STREAM_PATH}/{quote(task_id, safe='')}")


def next_submit(form: SubmitForm, failure: Failure, params: Collection[str]) -> SubmitForm | None:
    """Return the form to try after a refused submit, or None when the refusal is the answer.

    `params` are the names that were sent. The caller tries no form twice.
    """
    if is_absent(failure):
        return None if form is SubmitForm.VIDEOS else SubmitForm.VIDEOS
    if failure.cause is not Cause.INVALID_REQUEST or failure.http_status not in (400, 422):
        return None
    about_params = speaks_of_params(failure)
    if form is SubmitForm.NESTED and not about_params and _misses_one_of(failure, params):
        return SubmitForm.FLAT
    if form is SubmitForm.FLAT and about_params:
        return SubmitForm.NESTED
    return None


def next_query(form: QueryForm, failure: Failure) -> QueryForm | None:
    """Return the form to try after a refused query: another method, then the other surface."""
    if not is_absent(failure):
        return None
    return {QueryForm.POST: QueryForm.GET, QueryForm.GET: QueryForm.VIDEOS}.get(form)


def next_cancel(form: CancelForm, failure: Failure) -> CancelForm | None:
    """Return the form to try after a refused cancel."""
    return CancelForm.BODY if form is CancelForm.PATH and is_absent(failure) else None


def is_absent(failure: Failure) -> bool:
    """Return whether a refusal says that the route or the method is not there.

    A task or a model that is not there has a code of its own. A page of HTML is what some servers
    answer for a route that they do not have.
    """
    absent = (Cause.NOT_FOUND, Cause.NOT_GATEWAY)
    return failure.http_status in NOT_THERE and failure.cause in absent


def speaks_of_params(failure: Failure) -> bool:
    """Return whether a refusal is about `params` itself, as only a nested reader's can be."""
    return bool(_PARAMS.search(failure.param) or _PARAMS.search(failure.message))


def _misses_one_of(failure: Failure, params: Collection[str]) -> bool:
    """Return whether a nested submit was refused by a reader that looks beside `model`.

    It says that a parameter is missing that was sent, or names none at all. A refusal that names
    one for its value was read by the right reader.
    """
    words = f"{failure.param} {failure.message}"
    named = [name for name in params if re.search(rf"\b{re.escape(name)}\b", words)]
    return bool(_MISSING.search(failure.message)) if named else True


def _one_id(task_id: str, out_task_id: str, *, only_task_id: bool) -> tuple[str, str]:
    if task_id:
        return "task_id", task_id
    if not out_task_id or only_task_id:
        raise ValueError("there is no id to name the task by")
    return "out_task_id", out_task_id
