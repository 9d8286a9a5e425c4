"""Which headers pass through the shim."""

from aiohttp.test_utils import make_mocked_request

from bytespike_cli.shim.choice import Choice
from bytespike_cli.shim.headers import downstream_headers, upstream_headers

CREDENTIALS = {"x-goog-api-key": "k", "Authorization": "Bearer k", "X-Api-Key": "k"}


def test_credentials_and_what_is_between_two_ends_stay_behind() -> None:
    request = make_mocked_request(
        "POST",
        "/",
        headers={
            **CREDENTIALS,
            "Host": "127.0.0.1",
            "Cookie": "a=b",
            "Connection": "keep-alive",
            "Accept-Encoding": "gzip",
            "Content-Encoding": "gzip",
            "User-Agent": "sdk/1",
            "Content-Type": "application/json",
            "X-Forwarded-For": "10.0.0.7",
            "X-Real-IP": "10.0.0.7",
            "Forwarded": "for=10.0.0.7",
            "Via": "1.1 nginx",
        },
    )
    assert upstream_headers(request) == {
        "User-Agent": "sdk/1",
        "Content-Type": "application/json",
        "accept-encoding": "identity",
    }


def test_quota_headers_pass_and_model_and_key_are_named() -> None:
    headers = {"X-Quota-Remaining-Credits": "1.00", "Set-Cookie": "a=b", "Transfer-Encoding": "x"}
    assert downstream_headers(headers, Choice("a", "b", by_client=True, key="work")) == {
        "X-Quota-Remaining-Credits": "1.00",
        "x-bytespike-model": "a -> b",
        "x-bytespike-key": "work",
    }
    assert downstream_headers({"Date": "now"}) == {}
