"""Catalogues: the models that a key reaches, read from every shape and written in Google's."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bytespike_cli.wire.limits import token_limits
from bytespike_cli.wire.slug import bare, family, is_media

__all__ = ["by_slug", "entries", "family", "google_model", "google_models_page", "slugs"]

_LISTS = ("data", "models", "items", "allowed_models", "available_models", "account")
_IDS = ("id", "model", "slug", "name")
_TEXT_METHODS = ("generateContent", "countTokens")
_MAX_DEPTH = 4


def entries(document: Any) -> list[Any] | None:
    """Return the entries of a catalogue document, or None when there is no list of models in it.

    Shapes: OpenAI's list (contract.md 3.4), a bare array, `data`, `models`, `items`, the
    `{"code": 0, "data": …}` envelope (3.5), `allowed_models` (3.6), Google's models.list.
    """
    return _entries(document, _MAX_DEPTH)


def slugs(document: Any) -> list[str]:
    """Return the slugs of a catalogue document, each once, in its order; [] when it has none."""
    return list(by_slug(document))


def by_slug(document: Any) -> dict[str, Mapping[str, Any]]:
    """Return the entries of a catalogue document by their slugs; a plain slug has an empty one."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in entries(document) or ():
        slug = _slug(entry)
        if slug:
            found.setdefault(slug, entry if isinstance(entry, Mapping) else {})
    return found


def google_model(slug: str, entry: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a model in the shape of Google's models.get; `entry` is the gateway's own entry."""
    return {
        "name": f"models/{slug}",
        "baseModelId": slug,
        "version": "",
        "displayName": slug,
        "supportedGenerationMethods": [] if is_media(slug) else list(_TEXT_METHODS),
        **token_limits(slug, entry or {}),
    }


def google_models_page(
    slugs: Sequence[str],
    *,
    entries: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    page_size: int = 0,
    page_token: str = "",
) -> dict[str, Any]:
    """Return a page of models in the shape of Google's models.list.

    `page_size` 0 is all of them. `page_token` is the `nextPageToken` of the page before; one that
    we did not give out gets an empty page.
    """
    start = int(page_token) if page_token.isdecimal() else (len(slugs) if page_token else 0)
    end = start + page_size if page_size > 0 else len(slugs)
    page: dict[str, Any] = {
        "models": [google_model(slug, entries.get(slug)) for slug in slugs[start:end]]
    }
    if end < len(slugs):
        page["nextPageToken"] = str(end)
    return page


def _entries(document: Any, depth: int) -> list[Any] | None:
    if isinstance(document, list):
        return document
    if isinstance(document, Mapping) and depth:
        for name in _LISTS:
            if name in document:
                found = _entries(document[name], depth - 1)
                if found is not None:
                    return found
    return None


def _slug(entry: Any) -> str:
    if isinstance(entry, str):
        return bare(entry)
    if isinstance(entry, Mapping):
        for name in _IDS:
            value = entry.get(name)
            if isinstance(value, str) and value.strip():
                return bare(value)
    return ""
