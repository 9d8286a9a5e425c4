"""When a function is called, and what becomes of its result."""

from typing import Any

import pytest

from bytespike_cli.sandbox.prompt import read_prompt
from bytespike_cli.sandbox.tools import choose_calls, tell_results


def declaration(name: str, *required: str) -> dict[str, Any]:
    properties = {argument: {"type": "string"} for argument in required}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"name": name, "parametersJsonSchema": schema}


TOOLS = [
    {
        "functionDeclarations": [
            declaration("read_file", "file_path"),
            declaration("google_web_search", "query"),
            declaration("write_file", "file_path", "content"),
            {"name": "now"},
        ]
    }
]


def calls(text: str, **fields: Any) -> list[dict[str, Any]]:
    body = {"contents": [{"parts": [{"text": text}]}], "tools": TOOLS, **fields}
    return choose_calls(read_prompt(body))


def mode(name: str, *allowed: str) -> dict[str, Any]:
    calling: dict[str, Any] = {"mode": name}
    if allowed:
        calling["allowedFunctionNames"] = list(allowed)
    return {"toolConfig": {"functionCallingConfig": calling}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("read the file NOTES.md and tell me its first word",
         [("read_file", {"file_path": "NOTES.md"})]),
        ('please read file "a/b.txt".', [("read_file", {"file_path": "a/b.txt"})]),
        ("search the web for green tea.", [("google_web_search", {"query": "green tea"})]),
        ('call write_file with {"file_path": "a", "content": "{}"}',
         [("write_file", {"file_path": "a", "content": "{}"})]),
        ('call now with {} and call read_file with {"file_path": "x"}',
         [("now", {}), ("read_file", {"file_path": "x"})]),
        ("call nothing with {}", []),
        ("call now with {broken", []),
        ("say hi", []),
    ],
)  # fmt: skip
def test_rules(text: str, expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert [(call["name"], call["args"]) for call in calls(text)] == expected


def test_argument_names_are_the_clients() -> None:
    tools = [{"functionDeclarations": [declaration("read_file", "absolute_path")]}]
    assert calls("read the file a", tools=tools)[0]["args"] == {"absolute_path": "a"}
    assert calls("read the file a", tools=[{"functionDeclarations": [{"name": "now"}]}]) == []


def test_modes() -> None:
    assert calls("read the file a", **mode("NONE")) == []
    assert calls("say hi", **mode("ANY"))[0]["name"] == "read_file"
    (call,) = calls("say hi", **mode("ANY", "write_file"))
    assert call == {"name": "write_file", "args": {"file_path": "say hi", "content": "say hi"}}
    assert calls("read the file a", **mode("AUTO"))[0]["name"] == "read_file"


def after(question: str, response: dict[str, Any]) -> Any:
    return read_prompt(
        {
            "contents": [
                {"role": "user", "parts": [{"text": question}]},
                {"role": "model", "parts": [{"functionCall": {"name": "read_file", "args": {}}}]},
                {"role": "user", "parts": [
                    {"functionResponse": {"name": "read_file", "response": response}}
                ]},
            ],
            "tools": TOOLS,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "response", "answer"),
    [
        ("its first word?", {"output": "Alpha beta\n"}, 'Its first word is "Alpha".'),
        ("its first word?", {"output": " "}, "It is empty."),
        ("read it", {"output": "Alpha beta\n"}, "read_file says: Alpha beta"),
        ("read it", {"result": {"a": 1}}, 'read_file says: {"a": 1}'),
        ("read it", {"lines": 3}, 'read_file says: {"lines": 3}'),
        ("read it", {"error": "no such file"}, "read_file failed: no such file"),
    ],
)
def test_results(question: str, response: dict[str, Any], answer: str) -> None:
    prompt = after(question, response)
    assert choose_calls(prompt) == []
    assert tell_results(prompt) == answer
