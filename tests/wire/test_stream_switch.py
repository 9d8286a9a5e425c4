"""The other ways to ask for a stream (contract.md C12)."""

import pytest

from bytespike_cli.wire.stream_switch import STREAM, UNARY, switched, wants_sse, with_sse

BODY = b'{"contents":[]}'


@pytest.mark.parametrize(
    ("method", "query", "body"),
    [
        (UNARY, "", BODY),
        (UNARY, "pretty=1", b'{"contents":[{"parts":[{"text":"\\"stream\\": true"}]}]}'),
        (UNARY, "", b'{"tools":[{"functionDeclarations":[{"name":"stream"}]}]}'),
        (UNARY, "", b'{"stream":"river"}'),
        (UNARY, "", b'not json, "stream"'),
        (UNARY, "upstream=true", BODY),
        (STREAM, "alt=sse", BODY),
        (STREAM, "", BODY),
        ("countTokens", "stream=true", b'{"stream":true}'),
    ],
)
def test_what_asks_in_googles_way_is_not_touched(method: str, query: str, body: bytes) -> None:
    assert switched(method, query, body) == (method, query, body)


@pytest.mark.parametrize("method", [UNARY, STREAM])
@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("stream=true", BODY),
        ("stream=1", BODY),
        ("stream", BODY),
        ("stream=TRUE&alt=json", BODY),
        ("str%65am=true", b'{"contents":[], "stream": true}'),
        ("", b'{"stream":true,"contents":[]}'),
        ("stream=false", b'{"stream":true,"contents":[]}'),
    ],
)
def test_a_stream_that_is_asked_for_is_one(method: str, query: str, body: bytes) -> None:
    found_method, found_query, found_body = switched(method, query, body)
    assert (found_method, found_body.replace(b" ", b"")) == (STREAM, BODY)
    assert found_query.endswith("alt=sse")
    assert wants_sse(found_query)


@pytest.mark.parametrize(("query", "body"), [("stream=false", BODY), ("", b'{"stream":false}')])
def test_a_stream_that_is_not_wanted_is_none(query: str, body: bytes) -> None:
    method, found_query, found_body = switched(UNARY, query, body)
    assert (method, found_query) == (UNARY, "")
    assert b"stream" not in found_body


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("alt=sse", True),
        ("a=b&%24alt=sse", True),
        ("$alt=sse;enum-encoding=int", True),
        ("$alt=json;enum-encoding=int", False),
        ("alt=json", False),
        ("x=sse", False),
        ("", False),
    ],
)
def test_wants_sse(query: str, expected: bool) -> None:
    assert wants_sse(query) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "alt=sse"),
        ("alt=sse", "alt=sse"),
        ("$alt=json;enum-encoding=int", "alt=sse"),
        ("%24alt=json&pretty=%31", "pretty=%31&alt=sse"),
        ("alt=json&alt=sse", "alt=sse"),
    ],
)
def test_with_sse(query: str, expected: str) -> None:
    assert with_sse(query) == expected
