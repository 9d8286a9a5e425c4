"""Which model serves a request, and what the client is told when none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.wire.models import Chooser, Resolution, is_gemini_text, normalise, resolve, tier

_REMEMBERED = 256
"""How many ids are remembered with what serves them: clients ask for the same few."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The model that serves an id, or why none does (`served` is None)."""

    asked: str
    served: str | None
    by_client: bool
    key: str = ""
    """Name of the key that is asked with."""
    http_status: int = 200
    sentence: str = ""
    is_stand_in: bool = False
    """Whether `served` is not the model that was asked for, but the nearest one."""

    @property
    def header(self) -> str:
        """Value of `x-bytespike-model`."""
        return f"{self.asked} -> {self.served}"


class ModelChoice:
    """Resolves ids by design section 7, with the shim's settings."""

    def __init__(self, settings: ShimSettings) -> None:
        self._settings = settings
        self._typed = frozenset(normalise(model) for model in settings.typed_models)
        self._served: dict[str, Choice] = {}
        self._catalogue: Sequence[str] | None = None

    def of(self, asked: str, catalogue: Sequence[str] | None) -> Choice:
        """Return what serves `asked`; `catalogue` is None while it is unknown.

        One catalogue is one object, which nobody changes: what it serves is remembered.
        """
        if catalogue is not self._catalogue or len(self._served) >= _REMEMBERED:
            self._catalogue = catalogue
            self._served.clear()
        choice = self._served.get(asked) or self._choose(asked, catalogue)
        if choice.served is not None:
            self._served[asked] = choice
        return choice

    def _choose(self, asked: str, catalogue: Sequence[str] | None) -> Choice:
        settings = self._settings
        chooser = self._chooser(asked)
        resolution = resolve(
            asked,
            catalogue,
            aliases=settings.aliases,
            chosen_by=chooser,
            fallback=settings.fallback,
        )
        by_client = chooser is Chooser.CLIENT
        served = resolution.served
        if by_client and resolution.rule in {"nearest", "unknown"}:
            served = self._named(asked, served, catalogue) or served
        if served is not None:
            is_stand_in = resolution.rule in {"nearest", "unknown"}
            return Choice(asked, served, by_client, settings.key_name, is_stand_in=is_stand_in)
        http_status, sentence = self._refusal(resolution, catalogue or (), by_client=by_client)
        return Choice(asked, None, by_client, settings.key_name, http_status, sentence)

    def serves(self, asked: str, catalogue: Sequence[str], *, fallback: bool) -> bool:
        """Return whether another key's catalogue serves an id; `fallback`: by the nearest, too."""
        settings = self._settings
        chooser = self._chooser(asked)
        resolution = resolve(
            asked, catalogue, aliases=settings.aliases, chosen_by=chooser, fallback=fallback
        )
        return resolution.served is not None

    def _chooser(self, asked: str) -> Chooser:
        typed = normalise(asked) in self._typed or (self._settings.shared and tier(asked) is None)
        return Chooser.USER if typed else self._settings.chosen_by

    def _named(
        self, asked: str, nearest: str | None, catalogue: Sequence[str] | None
    ) -> str | None:
        """Return the model that the user named, when the client asks for a newer one of its family.

        gemini-cli makes gemini-3.8-flash of `-m gemini-3-flash` and of `-m gemini-3.5-flash`
        (clients.md 2.4), and the nearest to that may be newer, and dearer, than what was typed.
        """
        wanted, limit = tier(asked), tier(nearest or asked)
        for model in self._settings.typed_models:
            own = resolve(model, catalogue, aliases=self._settings.aliases).served
            level = tier(own) if own else None
            if wanted and limit and level and level.family == wanted.family:
                return own if level.version <= limit.version else None
        return None

    def _refusal(
        self, resolution: Resolution, catalogue: Sequence[str], *, by_client: bool
    ) -> tuple[int, str]:
        settings = self._settings
        key = settings.key_words
        if is_gemini_text(resolution.asked) and not any(map(is_gemini_text, catalogue)):
            return 403, (
                f"{key[0].upper()}{key[1:]} reaches no Gemini model. "
                "Store one that does with `bytespike login`, "
                "or choose it with `bytespike keys use NAME`."
            )
        if by_client:
            # Not 404: gemini-cli repeats a 404 for its own ids without end (clients.md 2.4).
            return 400, (
                f"No model of {key} can stand in for '{resolution.asked}' without costing more. "
                f"It serves: {', '.join(catalogue) or 'nothing'}. "
                + ("Name one of those." if settings.shared else "Choose one with `-m`.")
            )
        named = settings.typed_where if normalise(resolution.asked) in self._typed else ""
        close = ", ".join(resolution.closest)
        other = settings.other_key(resolution.asked) if settings.other_key else None
        return 404, (
            f"There is no model '{resolution.asked}' for {key}. "
            + (f"It is named by {named}. " if named else "")
            + (f"Your key '{other}' reaches it: `bytespike --key {other} …`. " if other else "")
            + (f"Closest: {close}. " if close else "")
            + "See `bytespike models list`."
        )
