"""Paths that Gemini clients ask for, and the paths of the gateway that answer them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote, unquote

from bytespike_cli.constants import API_PREFIX

_UPSTREAM_MODELS = API_PREFIX + "/models"

_VERSION = r"/(?:v1beta|v1alpha|v1)"
_VERTEX = r"/v1(?:beta1?|alpha)?(?:/projects/[^/]+/locations/[^/]+)?/publishers/google"
_MODELS = re.compile(
    rf"^(?:(?:{_VERSION})?{_VERTEX}|(?:{_VERSION}){{0,2}})(?:/\.)?/models(?:/(.*))?$"
)
"""Every prefix under which a client was seen to ask for models (clients.md 1, 2.1, 3, 7.1)."""

_ABSENT = re.compile(
    rf"^(?:/(?:upload|download)/"
    rf"|(?:{_VERSION}){{1,2}}/(?:cachedContents|interactions|operations|fileSearchStores|corpora"
    rf"|tunedModels|auth_tokens)\b"
    rf"|/ws/"
    rf"|(?:{_VERSION})?/v1(?:beta|alpha)/(?:files|batches)\b)"
)
"""Google's own, not the gateway's. Under /v1, `files` and `batches` are OpenAI's: passed on."""

_METHOD = re.compile(r"(.+):([A-Za-z]+)")
_FORBIDDEN = re.compile(
    r"[^\x21-\x7e]|[\\#]|//|%(?:2f|2e|5c|25|23|[01][0-9a-f]|7f)|/\.{1,2}(?:;|%3b)", re.IGNORECASE
)


class Kind(StrEnum):
    """What a path asks for.

    ABSENT is what Gemini clients ask of Google and the gateway does not have; OTHER is everything
    else, the gateway's own paths among it: passed on unchanged.
    """

    METHOD = "method"
    MODELS_LIST = "models.list"
    MODELS_GET = "models.get"
    ABSENT = "absent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ApiPath:
    """A path that was understood. `upstream` is what to ask the gateway for, percent-encoded.

    `model` is the id as the client wrote it, decoded and without `models/`; for METHOD and
    MODELS_GET use `with_model` once it is resolved. `repaired` says that `upstream` differs from
    what came in by more than the model.
    """

    kind: Kind
    model: str
    method: str
    upstream: str
    repaired: bool

    def with_model(self, slug: str) -> str:
        """Return the gateway's path for the same request with the model `slug`."""
        if self.kind not in (Kind.METHOD, Kind.MODELS_GET):
            return self.upstream
        return _path(slug, self.method)


@lru_cache(maxsize=256)
def parse(raw_path: str) -> ApiPath | None:
    """Understand a request path (no query, percent-encoding as it came).

    None means: refuse it. That is a path with `//`, `.` or `..` segments (`..;` too), encoded
    slashes, dots, hashes or percent signs, backslashes, control or non-ASCII characters, encoded
    bytes that are not UTF-8, or one that does not start with a slash: what it would mean upstream
    is anybody's guess. Only `/./models` is understood, which `GOOGLE_GENAI_API_VERSION=.` produces
    (clients.md 2.1).
    """
    if not raw_path.startswith("/") or _FORBIDDEN.search(raw_path) or not _is_utf8(raw_path):
        return None
    found = _MODELS.match(raw_path)
    dotted = {".", ".."}.intersection(raw_path.split("/"))
    if dotted and not (found and dotted == {"."} and raw_path.count("/.") == 1):
        return None
    if dotted and found and "." in (found.group(1) or "").split("/"):
        return None
    if found:
        understood = _models_path(found.group(1) or "", raw_path)
        if understood is not None:
            return understood
        return None if dotted else ApiPath(Kind.OTHER, "", "", raw_path, repaired=False)
    kind = Kind.ABSENT if _ABSENT.match(raw_path) else Kind.OTHER
    return ApiPath(kind, "", "", raw_path, repaired=False)


def _is_utf8(raw_path: str) -> bool:
    """Overlong forms (`%c0%ae` for a dot) are no UTF-8."""
    if "%" not in raw_path:
        return True
    try:
        unquote(raw_path, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _models_path(rest: str, raw_path: str) -> ApiPath | None:
    if not rest:
        repaired = raw_path != _UPSTREAM_MODELS
        return ApiPath(Kind.MODELS_LIST, "", "", _UPSTREAM_MODELS, repaired)
    model, _, below = rest.removeprefix("models/").partition("/")
    if below.startswith("operations/") or below == "operations":
        return ApiPath(Kind.ABSENT, unquote(model), "", raw_path, repaired=False)
    if below or not model or model.startswith(":"):
        return None
    decoded = unquote(model)
    call = _METHOD.fullmatch(decoded)
    kind = Kind.METHOD if call else Kind.MODELS_GET
    name, method = call.groups() if call else (decoded, "")
    canonical = raw_path == f"{_UPSTREAM_MODELS}/{model}"
    return ApiPath(kind, name, method, _path(name, method), not canonical)


@lru_cache(maxsize=256)
def _path(slug: str, method: str) -> str:
    path = f"{_UPSTREAM_MODELS}/{quote(slug, safe='')}"
    return f"{path}:{method}" if method else path
