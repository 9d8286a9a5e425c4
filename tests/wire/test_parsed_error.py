import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.parsed_error import MESSAGE_LIMIT, ParsedError, find_error, parse_error

INVALID = {"reason": "API_KEY_INVALID", "domain": "googleapis.com"}

SHAPES: list[tuple[Any, ParsedError]] = [
    (
        {"type": "error", "error": {"type": "authentication_error", "message": "no"}},
        ParsedError("anthropic", type="authentication_error", message="no"),
    ),
    (
        {"error": {"message": "no", "type": "t", "param": None, "code": "invalid_param"}},
        ParsedError("openai", code="invalid_param", type="t", message="no"),
    ),
    (
        {"error": {"type": "rate_limit_error", "message": "no"}},
        ParsedError("openai", type="rate_limit_error", message="no"),
    ),
    (
        {"error": {"code": 403, "message": "no", "status": "PERMISSION_DENIED"}},
        ParsedError("google", status="PERMISSION_DENIED", message="no", http_code=403),
    ),
    (
        [{"error": {"code": 404, "message": "no", "status": "NOT_FOUND"}}],
        ParsedError("google", status="NOT_FOUND", message="no", http_code=404),
    ),
    (
        {"error": {"code": 400, "message": "no", "status": "X", "details": [INVALID, "odd"]}},
        ParsedError(
            "google",
            status="X",
            reason="API_KEY_INVALID",
            message="no",
            http_code=400,
            details=(INVALID,),
        ),
    ),
    (
        {"error": {"code": "503", "message": "no"}},
        ParsedError("openai", message="no", http_code=503),
    ),
    (
        {"code": "INSUFFICIENT_BALANCE", "message": "no"},
        ParsedError("bare", code="INSUFFICIENT_BALANCE", message="no"),
    ),
    ({"code": 401, "message": "no"}, ParsedError("bare", message="no", http_code=401)),
    ({"error": "no"}, ParsedError("bare", message="no")),
    ({"error": "x", "message": "no"}, ParsedError("bare", message="no")),
    ({"detail": "no"}, ParsedError("detail", message="no")),
    ({"detail": [{"loc": ["body"], "msg": "no"}]}, ParsedError("detail", message="no")),
    ({"type": "error", "message": "no"}, ParsedError("anthropic", message="no")),
    (
        {
            "error": {
                "code": 400,
                "message": json.dumps(
                    {"error": {"code": 429, "message": "inner", "status": "RESOURCE_EXHAUSTED"}}
                ),
                "status": "INVALID_ARGUMENT",
            }
        },
        ParsedError("google", status="RESOURCE_EXHAUSTED", message="inner", http_code=400),
    ),
]


@pytest.mark.parametrize(("document", "expected"), SHAPES)
def test_every_shape(document: Any, expected: ParsedError) -> None:
    assert parse_error(json.dumps(document).encode()) == expected
    assert find_error(document) == expected


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", "", ParsedError("empty")),
        (b" \n", "application/json", ParsedError("empty")),
        (
            b"<html><title>502 Bad\nGateway</title>",
            "",
            ParsedError("html", message="502 Bad Gateway"),
        ),
        (b"Just a moment", "text/html; charset=utf-8", ParsedError("html")),
        (b"upstream connect error", "", ParsedError("text", message="upstream connect error")),
        (b'{"half', "application/json", ParsedError("text", message='{"half')),
        (b"{}", "", ParsedError("json")),
        (b"7", "", ParsedError("json")),
        (b'\xef\xbb\xbf{"error":"no"}', "", ParsedError("bare", message="no")),
        (b'event: error\ndata: {"error":"no"}\n\n', "", ParsedError("bare", message="no")),
        (b"[" * 100_000, "", None),
    ],
)
def test_what_is_not_an_error_object(
    body: bytes, content_type: str, expected: ParsedError | None
) -> None:
    parsed = parse_error(body, content_type)
    assert expected is None or parsed == expected
    if "html" not in content_type:
        assert parse_error(body.decode()) == parsed


@pytest.mark.parametrize(
    "document",
    [
        {"candidates": []},
        {"candidates": [], "error": None},
        {"candidates": [], "error": {}},
        {"usageMetadata": {}, "code": 1, "message": "x"},
        {"code": 0, "message": "success", "data": []},
        {"code": 200, "message": "ok"},
        {"data": [{"id": "gemini-3-flash"}]},
        {},
        None,
        "error",
    ],
)
def test_what_is_no_error(document: Any) -> None:
    assert find_error(document) is None


def test_messages_are_one_line_and_not_too_long() -> None:
    parsed = parse_error(json.dumps({"error": {"message": "a\n\tb\x1b[31m " + "x" * 2000}}))
    assert parsed.message.startswith("a b [31m x")
    assert len(parsed.message) == MESSAGE_LIMIT


def test_the_most_telling_code() -> None:
    assert parse_error(b'{"error":{"code":"a","type":"b"}}').seen == "a"
    assert parse_error(b'{"error":{"code":404,"status":"NOT_FOUND"}}').seen == "NOT_FOUND"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "code", "message", "type", "status", "details", "reason", "detail"]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON.map(json.dumps).map(str.encode) | st.binary(), st.text(max_size=10))
def test_it_never_raises(body: bytes, content_type: str) -> None:
    parse_error(body, content_type)
