"""When the sandbox calls a function, and what it makes of the result."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bytespike_cli.sandbox.prompt import Declaration, Prompt, get
from bytespike_cli.sandbox.schema import smallest

_CALL = re.compile(r"\bcall\s+([\w.:-]+)\s+with\s+(?=\{)", re.IGNORECASE)
_READ = re.compile(r"\bread\s+(?:the\s+)?file\s+[\"'`]?([^\s\"'`,;?]+)", re.IGNORECASE)
_SEARCH = re.compile(r"\bsearch\s+the\s+web\s+for\s+(.+)", re.IGNORECASE | re.DOTALL)
_FIRST_WORD = re.compile(r"\bfirst word\b", re.IGNORECASE)

READ_TOOL = "read_file"
SEARCH_TOOL = "google_web_search"
SHOWN = 300
"""Characters of a function's result that an answer repeats."""


def choose_calls(prompt: Prompt) -> list[dict[str, Any]]:
    """Return the `functionCall`s (name, args) with which to answer; none: answer with words.

    `call NAME with {json}`, any number of times; `read the file X`; `search the web for X`. Mode
    NONE never calls; ANY calls the first function when no rule fits (contract.md 3.1).
    """
    if prompt.mode == "NONE" or not prompt.functions:
        return []
    functions = {function.name: function for function in prompt.functions}
    if not prompt.last.responses:
        calls = _named_calls(prompt.question, functions) or _known_calls(prompt, functions)
        if calls:
            return calls
    if prompt.mode == "ANY":
        first = prompt.functions[0]
        args = smallest(first.schema, prompt.question)
        return [{"name": first.name, "args": args if isinstance(args, dict) else {}}]
    return []


def _named_calls(text: str, functions: Mapping[str, Declaration]) -> list[dict[str, Any]]:
    calls = []
    for found in _CALL.finditer(text):
        try:
            args, _ = json.JSONDecoder().raw_decode(text, found.end())
        except ValueError:
            continue
        if found[1] in functions:
            calls.append({"name": found[1], "args": args})
    return calls


def _known_calls(prompt: Prompt, functions: Mapping[str, Declaration]) -> list[dict[str, Any]]:
    for tool, pattern in ((READ_TOOL, _READ), (SEARCH_TOOL, _SEARCH)):
        found = pattern.search(prompt.question)
        if found and tool in functions:
            argument = found[1].strip().rstrip(".!")
            return [{"name": tool, "args": {_first_required(functions[tool]): argument}}]
    return []


def _first_required(function: Declaration) -> str:
    """The client's own name for the argument: gemini-cli 0.61 says `file_path`, others `path`."""
    required = function.schema.get("required") or list(function.schema.get("properties") or {})
    return str(required[0]) if required else "path"


def tell_results(prompt: Prompt) -> str:
    """Return an answer made of the function results in the last turn."""
    return " ".join(
        _tell(get(response, "name"), get(response, "response"), prompt.question)
        for response in prompt.last.responses
    )


def _tell(name: str, response: Mapping[str, Any], question: str) -> str:
    if response.get("error"):
        return f"{name} failed: {str(response['error'])[:SHOWN]}"
    known = (response[key] for key in ("output", "content", "result") if key in response)
    content = next(known, response)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    words = text.split()
    if _FIRST_WORD.search(question):
        return f'Its first word is "{words[0]}".' if words else "It is empty."
    return f"{name} says: {text.strip()[:SHOWN]}"
