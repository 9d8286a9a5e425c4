"""Who may talk to the shim."""

import pytest
from multidict import CIMultiDict

from bytespike_cli.shim.guard import FOREIGN_HOST, FROM_BROWSER, NO_TOKEN, Refusal, refuse

HOST = ("Host", "127.0.0.1:4000")
TOKEN = ("x-goog-api-key", "the-token")


@pytest.mark.parametrize(
    "credential",
    [TOKEN, ("Authorization", "Bearer the-token"), ("X-Api-Key", "the-token")],
)
def test_the_token_in_any_header(credential: tuple[str, str]) -> None:
    assert refuse(CIMultiDict([HOST, credential]), [], token="the-token") is None


def test_the_token_in_the_query() -> None:
    assert refuse(CIMultiDict([HOST]), [("key", "the-token")], token="the-token") is None


def test_the_token_beside_a_key_of_the_users() -> None:
    headers = [HOST, ("x-goog-api-key", "AIza-real"), ("Authorization", "Bearer the-token")]
    assert refuse(CIMultiDict(headers), [], token="the-token") is None


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ([HOST], NO_TOKEN),
        ([HOST, ("x-goog-api-key", "wrong")], NO_TOKEN),
        ([HOST, ("x-goog-api-key", "")], NO_TOKEN),
        ([HOST, ("x-goog-api-key", "the-token\udcff")], NO_TOKEN),
        ([TOKEN], FOREIGN_HOST),
        ([("Host", "evil.example:4000"), TOKEN], FOREIGN_HOST),
        ([("Host", "127.0.0.1.evil.example"), TOKEN], FOREIGN_HOST),
        ([HOST, ("Host", "evil.example"), TOKEN], FOREIGN_HOST),
        ([HOST, ("Origin", "https://evil.example"), TOKEN], FROM_BROWSER),
        ([HOST, ("Origin", "null"), TOKEN], FROM_BROWSER),
    ],
)
def test_everybody_else_is_refused(headers: list[tuple[str, str]], refusal: Refusal) -> None:
    assert refuse(CIMultiDict(headers), [], token="the-token") == refusal


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST:4000", "[::1]:4000"])
def test_every_name_of_loopback(host: str) -> None:
    assert refuse(CIMultiDict([("host", host), TOKEN]), [], token="the-token") is None
