"""Who is asking: the four forms of a key, with the precedence of each surface."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bytespike_cli.constants import HEADER_API_KEY, HEADER_GOOG_API_KEY

BEARER = "bearer"
QUERY = "?key="

GEMINI_ORDER: tuple[str, ...] = (HEADER_GOOG_API_KEY, BEARER, HEADER_API_KEY, QUERY)
"""On /v1beta (contract.md 2.2, sub2api #482)."""
OTHER_ORDER: tuple[str, ...] = (HEADER_API_KEY, BEARER)
"""Everywhere else: x-api-key wins over Authorization (contract.md 2.2)."""

_ONLY: Mapping[str, tuple[str, ...]] = {
    "header-only": (HEADER_GOOG_API_KEY,),
    "bearer-only": (BEARER,),
    "x-api-key-only": (HEADER_API_KEY,),
    "query-only": (QUERY,),
}


@dataclass(frozen=True, slots=True)
class Presented:
    """The key that counts, and its form; both empty when there is none."""

    secret: str = field(default="", repr=False)
    form: str = ""


def present(
    headers: Mapping[str, str], query: Mapping[str, str], *, gemini: bool, dialect: str = "all"
) -> Presented:
    """Find the key of a request among the forms that its surface takes.

    `headers` must ignore case; `dialect` is the value of the dialect `auth` and rules /v1beta only.
    """
    carried = _carried(headers, query)
    order = _ONLY.get(dialect, GEMINI_ORDER) if gemini else OTHER_ORDER
    for form in order:
        if carried[form]:
            return Presented(carried[form], form)
    return Presented()


def carried_forms(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, ...]:
    """Return every form in which a request carries a key, accepted or not."""
    return tuple(form for form, secret in _carried(headers, query).items() if secret)


def _carried(headers: Mapping[str, str], query: Mapping[str, str]) -> dict[str, str]:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return {
        HEADER_GOOG_API_KEY: headers.get(HEADER_GOOG_API_KEY, ""),
        BEARER: token.strip() if scheme.lower() == "bearer" else "",
        HEADER_API_KEY: headers.get(HEADER_API_KEY, ""),
        QUERY: query.get("key", ""),
    }
