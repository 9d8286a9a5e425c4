"""JSON as it is sent: in UTF-8, and nothing lost."""

import json
from typing import Any


def json_bytes(
    document: Any, *, indent: int | None = None, separators: tuple[str, str] | None = None
) -> bytes:
    """Return a document as JSON in UTF-8; the layout is as `json.dumps` has it.

    Half a surrogate pair, for which UTF-8 has no bytes, stays the escape as which it came:
    programs in JavaScript cut texts between the halves of an emoji, and JSON can carry that.
    """
    text = json.dumps(document, ensure_ascii=False, indent=indent, separators=separators)
    return text.encode(errors="backslashreplace")
