from typing import Any

import pytest


@pytest.mark.parametrize(
    ("fault", "status", "header", "words"),
    [
        ("captive-portal", 200, "content-type", "text/html"),
        ("redirect", 302, "location", "http://login.hotel.invalid/welcome"),
        ("proxy-login", 407, "proxy-authenticate", "Basic"),
    ],
)
def test_a_stranger_answers_whatever_is_asked(
    make_sandbox: Any, ask: Any, fault: str, status: int, header: str, words: str
) -> None:
    sandbox = make_sandbox(faults=[fault])
    for target in ("/v1/models", "gemini-3-flash:generateContent", "/nowhere"):
        answer = ask(sandbox, target)
        assert answer.status == status
        assert words in answer.headers[header]
    assert b"<!DOCTYPE html>" in answer.body or status != 200
    assert not sandbox.state.journal[-1].billed
