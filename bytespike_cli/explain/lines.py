"""Quotes: the line of a text that shows what was found."""

SHOWN_CHARACTERS = 240
_BEFORE = 80


def line_at(text: str, place: int) -> str:
    """Return the line of a text at a place, in one piece that is fit to be shown."""
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = " ".join(text[start : end if end >= 0 else len(text)].split())
    offset = max(0, min(place - start, len(line)) - _BEFORE)
    shown = line[offset : offset + SHOWN_CHARACTERS]
    head, tail = "…" if offset else "", "…" if offset + SHOWN_CHARACTERS < len(line) else ""
    return f"{head}{shown}{tail}"
