"""Where a growing Markdown text can be cut, so that what stands above never changes again."""

from __future__ import annotations

import re
from itertools import pairwise

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")


def split_finished(text: str) -> tuple[list[str], str]:
    """Return the blocks of a text that are finished, and the rest that may still grow.

    A block is finished by a blank line outside a code fence, once the next line shows that it does
    not continue a list item (it is not indented). Joined, all of it is always `text`.
    """
    cuts = [0]
    position = 0
    fence = ""
    after_blank = False
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if not fence and after_blank and bare and not bare[0].isspace():
            cuts.append(position)
        if not line.endswith("\n"):
            break
        found = _FENCE.match(bare)
        if found and not fence:
            fence = found[1]
        elif found and _closes(found, fence):
            fence = ""
        after_blank = not bare.strip()
        position += len(line)
    return [text[start:end] for start, end in pairwise(cuts)], text[cuts[-1] :]


def _closes(found: re.Match[str], fence: str) -> bool:
    mark = found[1]
    return mark[0] == fence[0] and len(mark) >= len(fence) and not found[2].strip()
