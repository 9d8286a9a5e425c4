"""How an answer ended: complete, cut short by a limit, or declined."""

from __future__ import annotations

from typing import Any

from bytespike_cli.errors import ProtocolError, RequestError
from bytespike_cli.wire import answer

COMPLETE = frozenset({"STOP", "FINISH_REASON_UNSPECIFIED", ""})
MAX_TOKENS = "MAX_TOKENS"


class Outcome:
    """Reads the documents of one answer as they come, and judges the end."""

    def __init__(self) -> None:
        self.text = ""
        self.served_model = ""
        self.usage: dict[str, int] = {}
        self._finish = ""
        self._block = ""
        self._words = ""
        self._candidates = False

    def add(self, document: dict[str, Any]) -> str:
        """Take one document; return its text."""
        text = answer.text_of(document)
        self.text += text
        self.served_model = answer.served_model(document) or self.served_model
        self.usage = answer.usage_of(document) or self.usage
        self._finish = answer.finish_reason(document) or self._finish
        self._block = answer.block_reason(document) or self._block
        self._words = answer.finish_message(document) or self._words
        self._candidates = self._candidates or bool(document.get("candidates"))
        return text

    @property
    def note(self) -> str:
        """A sentence on an answer that is not all there is, or an empty string."""
        if self._finish == MAX_TOKENS:
            what = "The answer was cut" if self.text else "The model thought without answering"
            return f"{what}: the limit of tokens was reached (--max-tokens raises it)."
        if not self.text and self._finish in COMPLETE:
            return "The answer holds no text."
        return ""

    def check(self) -> None:
        """Raise RequestError for an answer that was declined, ProtocolError for none at all."""
        if self._block:
            raise RequestError(
                f"The prompt was blocked by the model's safety filter ({self._block}).",
                fix="say it in other words",
                detail=self._words,
            )
        if self._finish in answer.BLOCKED_REASONS:
            raise RequestError(
                f"The model declined to go on ({self._finish}).",
                fix="say it in other words",
                detail=self._words,
            )
        if self._finish not in COMPLETE | {MAX_TOKENS}:
            raise RequestError(
                f"The model stopped without an answer ({self._finish}).",
                fix="send it again, or try another model: bytespike models",
                detail=self._words,
            )
        if not self._candidates:
            raise ProtocolError(
                "The answer holds neither a candidate nor a reason why not.", fix="send it again"
            )
