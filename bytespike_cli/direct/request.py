"""The body of a generateContent request from what a user typed (contract.md 3.1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.errors import UsageError

if TYPE_CHECKING:
    from bytespike_cli.direct.attachments import Attachment

STDIN = "-"


def join_prompt(words: Sequence[str], piped: str | None) -> str:
    """Return the prompt: the words, with what was piped in at `-`, or after them as context.

    Raises UsageError when nothing is left to ask.
    """
    piped = (piped or "").strip("\n")
    if STDIN in words:
        prompt = " ".join(piped if word == STDIN else word for word in words)
    else:
        prompt = "\n\n".join(filter(None, (" ".join(words), piped)))
    if not prompt.strip():
        raise UsageError("There is no prompt.", fix='bytespike generate "say hi"')
    return prompt


def user_turn(prompt: str, attachments: Sequence[Attachment] = ()) -> dict[str, Any]:
    """Return a turn of the user: the files first, which models read best, then the words."""
    parts = [attachment.part for attachment in attachments]
    if prompt.strip():
        parts.append({"text": encodable(prompt)})
    return {"role": "user", "parts": parts}


def model_turn(text: str) -> dict[str, Any]:
    """Return a turn of the model."""
    return {"role": "model", "parts": [{"text": text}]}


def build_body(
    contents: Sequence[dict[str, Any]],
    *,
    system: str = "",
    max_tokens: int | None = None,
    temperature: float | None = None,
    schema: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the JSON body. What was not asked for is left to the model's own defaults."""
    body: dict[str, Any] = {"contents": list(contents)}
    if system.strip():
        body["systemInstruction"] = {"parts": [{"text": encodable(system)}]}
    config: dict[str, Any] = {}
    if max_tokens is not None:
        config["maxOutputTokens"] = max_tokens
    if temperature is not None:
        config["temperature"] = temperature
    if schema is not None:
        config["responseMimeType"] = "application/json"
        config["responseSchema"] = schema
    if config:
        body["generationConfig"] = config
    return body


def read_schema(text: str, folder: Path) -> dict[str, Any]:
    """Return the schema that `--schema` names: JSON itself, or a file that holds it.

    A top-level `$schema`, which Gemini's dialect does not know, is dropped. Raises UsageError.
    """
    source = "--schema"
    if not text.lstrip().startswith("{"):
        path = folder / text
        source = str(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            raise UsageError(
                f"Cannot read the schema {path}: {reason.lower()}.",
                fix='give a file, or the JSON itself: --schema \'{"type": "object", …}\'',
            ) from None
    try:
        schema = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{source} is not JSON: {error}.", fix="mend the JSON") from None
    if not isinstance(schema, dict):
        raise UsageError(f"{source} is not a JSON object.", fix='a schema begins {"type": …')
    schema.pop("$schema", None)
    return schema


def encodable(text: str) -> str:
    """Return text that UTF-8 can carry: bytes that were no text in argv become `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")
