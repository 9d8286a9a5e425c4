"""A conversation: its turns, the files that wait for the next one, and its forms on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bytespike_cli.direct.attachments import Attachment, check_total
from bytespike_cli.direct.request import build_body, model_turn, user_turn

INTERRUPTED = " […]"
"""Ends an answer that the user stopped, so that the model sees it as such."""


@dataclass(slots=True)
class Conversation:
    """The turns so far, as Google's `contents`."""

    model: str
    turns: list[dict[str, Any]] = field(default_factory=list, repr=False)
    waiting: list[Attachment] = field(default_factory=list)
    """Files that go with the next message."""

    def attach(self, attachment: Attachment) -> None:
        """Let a file go with the next message. Raises UsageError when it is too much."""
        check_total([*self.waiting, attachment])
        self.waiting.append(attachment)

    def body(self, message: str) -> dict[str, Any]:
        """Return the request that asks `message` after everything before it."""
        return build_body([*self.turns, user_turn(message, self.waiting)])

    def keep(self, message: str, answer: str, *, complete: bool = True) -> None:
        """Take a message and its answer into the history; an answer of nothing leaves no trace."""
        if not answer:
            return
        self.turns.append(user_turn(message, self.waiting))
        self.turns.append(model_turn(answer if complete else answer + INTERRUPTED))
        self.waiting.clear()

    def clear(self) -> None:
        """Begin anew, with the same model."""
        self.turns.clear()
        self.waiting.clear()

    def transcript(self) -> str:
        """Return the conversation as Markdown."""
        sections = [f"# Conversation with {self.model}"]
        for turn in self.turns:
            who = "You" if turn.get("role") == "user" else "Model"
            words = "\n\n".join(_shown(part) for part in turn.get("parts", []))
            sections.append(f"## {who}\n\n{words}")
        return "\n\n".join(sections) + "\n"


def _shown(part: dict[str, Any]) -> str:
    if "inlineData" in part:
        return f"*[{part['inlineData'].get('mimeType', 'file')}]*"
    return str(part.get("text", "")).strip("\n")
