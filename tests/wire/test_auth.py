from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.auth import (
    FALLBACK_ORDER,
    AuthForm,
    apply,
    may_name_credential,
    presented,
    without_credentials_query,
)


def test_credentials_come_in_the_gateways_order() -> None:
    headers = [
        ("X-API-Key", "third"),
        ("Authorization", "bearer  second "),
        ("X-Goog-Api-Key", "first"),
        ("Accept", "*/*"),
    ]
    assert presented(headers, [("alt", "sse"), ("key", "fourth")]) == [
        "first",
        "second",
        "third",
        "fourth",
    ]


def test_empty_credentials_and_other_schemes_do_not_count() -> None:
    headers = [("x-goog-api-key", " "), ("authorization", "Basic abc"), ("authorization", "Bearer")]
    assert presented(headers, [("key", ""), ("KEY", "x")]) == []


def test_headers_with_credentials_are_dropped_whatever_their_case() -> None:
    headers = {"AUTHORIZATION": "x", "X-Goog-Api-Key": "x", "x-api-key": "x", "Host": "h"}
    assert apply(AuthForm.QUERY, "k", headers, "a=b") == "a=b&key=k"
    assert headers == {"Host": "h"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("key=abc", ""),
        ("alt=sse&key=abc", "alt=sse"),
        ("key=abc&alt=sse", "alt=sse"),
        ("%24alt=json%3Benum&k%65y=abc&x=a+b%2B", "%24alt=json%3Benum&x=a+b%2B"),
        ("monkey=1&keys=2&a&b=", "monkey=1&keys=2&a&b="),
        ("access_token=t&pageToken=p", "pageToken=p"),
    ],
)
def test_only_the_key_leaves_the_query(query: str, expected: str) -> None:
    assert without_credentials_query(query) == expected
    assert may_name_credential(query) or query == expected


@pytest.mark.parametrize("form", list(AuthForm))
@given(key=st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1))
def test_one_form_goes_out_and_no_other(form: AuthForm, key: str) -> None:
    headers = {"X-Goog-Api-Key": "old", "authorization": "Bearer old", "Accept": "*/*"}
    query = apply(form, key, headers, "alt=sse&key=old")
    pairs = parse_qsl(query, keep_blank_values=True)
    assert presented(headers.items(), pairs) == [key]
    assert headers["Accept"] == "*/*"
    assert query.startswith("alt=sse")


def test_a_key_in_an_empty_query() -> None:
    assert apply(AuthForm.QUERY, "a&b=c", {}, "") == "key=a%26b%3Dc"


def test_the_header_is_tried_first() -> None:
    assert FALLBACK_ORDER == (
        AuthForm.HEADER,
        AuthForm.QUERY,
        AuthForm.BEARER,
        AuthForm.API_KEY,
    )
