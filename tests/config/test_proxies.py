"""The user's proxy for an origin."""

import pytest

from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.redact import scrub

ORIGIN = "https://llm.bytespike.ai"
PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other"}, PROXY),
        ({"ALL_PROXY": PROXY}, PROXY),
        ({"HTTP_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": "proxy:3128"}, PROXY),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "a.example, bytespike.ai"}, None),
        ({"HTTPS_PROXY": PROXY, "no_proxy": ".bytespike.ai"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*.bytespike.ai"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "llm.bytespike.ai:443"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "spike.ai"}, PROXY),
    ],
)
def test_the_usual_variables(variables: dict[str, str], proxy: str | None) -> None:
    assert proxy_for(ORIGIN, variables) == proxy


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HTTPS_PROXY", "socks5://proxy:1080", "SOCKS"),
        ("all_proxy", "socks5h://proxy:1080", "SOCKS"),
        ("https_proxy", "nonsense://proxy", "nonsense://"),
        ("ALL_PROXY", "http://", "host"),
        ("ALL_PROXY", "http://proxy:port", "port"),
        ("ALL_PROXY", "http://[::1", "URL"),
        ("HTTPS_PROXY", "http://pro xy:3128", "host"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_by_its_variable(
    name: str, value: str, words: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        proxy_for(ORIGIN, {name: value})
    assert name in caught.value.cause
    assert words in caught.value.cause
    assert name in caught.value.fix
    assert proxy_for(ORIGIN, {name: value, "NO_PROXY": "bytespike.ai"}) is None


def test_a_password_in_a_proxy_is_a_secret() -> None:
    with pytest.raises(ConfigurationError) as caught:
        proxy_for(ORIGIN, {"ALL_PROXY": "socks5://me:hidden-password@proxy"})
    assert "hidden" not in caught.value.cause + caught.value.fix + caught.value.detail
    assert "hidden" not in scrub("http://me:hidden-password@proxy")


def test_plain_http_and_cgi() -> None:
    assert proxy_for("http://10.0.0.1:8080", {"HTTP_PROXY": PROXY}) == PROXY
    assert proxy_for("http://x", {"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}) is None


def test_loopback_is_never_asked_through_a_proxy() -> None:
    for origin in ("http://127.0.0.1:8787", "http://localhost:8787", "http://[::1]:8787"):
        assert proxy_for(origin, {"ALL_PROXY": PROXY, "http_proxy": PROXY}) is None
