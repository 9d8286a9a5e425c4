"""The frame of a program: a line on stdin names what to ask, a line on stdout tells what came.

A line is a JSON object: `scenario`, the `variables` of a launch, and what the scenario needs, as a
`question`. What is told is what the scenario returns; what it raises is told as `raised`, with its
HTTP status and words.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

MODEL = os.environ.get("ASKED_MODEL", "gemini-3.1-pro")
"""With dots, as Google spells it; the gateway knows `gemini-3-1-pro`."""
ABSENT_MODEL = "gemini-9-ultra"
BIRDS = {
    "type": "object",
    "properties": {
        "bird": {"type": "string", "enum": ["quetzal"]},
        "count": {"type": "integer"},
    },
    "required": ["bird", "count"],
}

FUNCTIONS = {"list": "list_models"}
"""Scenarios whose function is not called as they are."""


def serve(program: Mapping[str, Any], status: Callable[[Exception], object]) -> None:
    """Run the scenarios that stdin asks for, to its end; they are functions of the program."""
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.update(asked["variables"])
        name = asked["scenario"]
        try:
            told = dict(program[FUNCTIONS.get(name, name)](asked))
        except Exception as error:  # noqa: BLE001 - what the client raises is what is tested
            told = {"raised": type(error).__name__, "status": status(error), "words": str(error)}
        print(json.dumps(told), flush=True)


def streamed(texts: list[str]) -> dict[str, Any]:
    """Tell of a stream: its text, and in how many pieces it came."""
    return {"text": "".join(texts), "pieces": len([text for text in texts if text])}
