"""The equivalent curl command: what a request looks like, to read, paste and send by hand.

The key is the variable `$GEMINI_API_KEY`, never its value. Files are named, not copied, and large
bodies go through a pipe, because a single argument may not exceed 128 KiB on Linux.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from bytespike_cli.constants import API_PREFIX, HEADER_GOOG_API_KEY
from bytespike_cli.direct.attachments import Attachment
from bytespike_cli.direct.request import encodable

KEY_VARIABLE = "GEMINI_API_KEY"
MAX_ARGUMENT_CHARACTERS = 30_000
"""Above this the body is piped: 128 KiB is the limit in bytes, and a character may take four."""


@dataclass(frozen=True, slots=True)
class FileReference:
    """An attachment whose data the command reads from a path when it runs."""

    token: str
    path: str


def reference(
    attachments: Sequence[Attachment], paths: Sequence[str | None]
) -> tuple[list[Attachment], list[FileReference]]:
    """Return the attachments with a token in the place of the data that a path can give.

    Text keeps its data: it stands in the body under its name. So does what has no path (stdin).
    """
    held: list[Attachment] = []
    references: list[FileReference] = []
    for number, (attachment, path) in enumerate(zip(attachments, paths, strict=True)):
        if path is None or attachment.is_text:
            held.append(attachment)
            continue
        # A lone surrogate: no prompt that UTF-8 can carry holds one, so it is found only here.
        token = f"\udc00{number}\udc00"
        held.append(replace(attachment, data=token))
        references.append(FileReference(token, path))
    return held, references


def command(
    origin: str,
    model: str,
    body: dict[str, Any],
    *,
    stream: bool,
    references: Sequence[FileReference] = (),
    key_variable: str = KEY_VARIABLE,
) -> str:
    """Return a command for bash or zsh that sends `body` as this tool would."""
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    url = f"{origin}{API_PREFIX}/models/{quote(model, safe='')}:{method}"
    lines = [
        f"curl -sS{'N' if stream else ''} {_quoted(url)}",
        f'-H "{HEADER_GOOG_API_KEY}: ${key_variable}"',
        "-H 'content-type: application/json'",
    ]
    text = json.dumps(body, ensure_ascii=False)
    if not references and len(text) <= MAX_ARGUMENT_CHARACTERS:
        return _continued([*lines, f"-d {shlex.quote(encodable(text))}"])
    # printf is built into the shell, and knows no limit; base64 breaks lines, and reads stdin
    # under the same name on Linux and macOS.
    pieces = ["{"]
    for piece in references:
        before, _, text = text.partition(piece.token)
        pieces += [
            f"  printf %s {shlex.quote(before)}",
            f"  base64 < {shlex.quote(piece.path)} | tr -d '\\n'",
        ]
    pieces += [f"  printf %s {shlex.quote(text)}", "} | "]
    return encodable("\n".join(pieces)) + _continued([*lines, "--data-binary @-"])


def _continued(lines: Sequence[str]) -> str:
    return " \\\n  ".join(lines)


def _quoted(url: str) -> str:
    """Quote a URL always: `?` is a pattern in zsh, and in bash beside a matching file."""
    quoted = shlex.quote(url)
    return quoted if quoted.startswith("'") else f"'{quoted}'"
