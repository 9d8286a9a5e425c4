"""Clients led to the shim that stays."""

import pytest

from bytespike_cli.errors import LaunchError
from bytespike_cli.launch import standing
from bytespike_cli.launch.registry import CLIENTS, GENERIC, find
from tests.conftest import MakeEnv

ADDRESS = "http://127.0.0.1:8788"
STATUS = {"address": ADDRESS, "models": ["gemini-3-1-pro", "gemini-3-flash"]}
TOKEN = "bytespike-shim-for-tests"


def test_every_client_finds_the_shim_and_goes_past_proxies(make_env: MakeEnv) -> None:
    env = make_env(NO_PROXY="example.org")
    ours = standing.variables(env, GENERIC, status=STATUS, token=TOKEN, model=None)
    assert ours["GOOGLE_GEMINI_BASE_URL"] == "http://127.0.0.1:8788"
    assert ours["GEMINI_API_BASE"] == "http://127.0.0.1:8788/v1beta"
    assert ours["GEMINI_API_KEY"] == ours["GOOGLE_API_KEY"] == TOKEN
    assert ours["NO_PROXY"] == ours["no_proxy"] == "example.org,127.0.0.1,localhost,::1"


def test_a_client_that_has_to_be_told_its_models(make_env: MakeEnv) -> None:
    ours = standing.variables(
        make_env(), find("opencode"), status=STATUS, token=TOKEN, model="gemini-3-flash"
    )
    assert "gemini-3-1-pro" in ours["OPENCODE_CONFIG_CONTENT"]


def test_one_that_cannot_be_led_anywhere_is_refused(make_env: MakeEnv) -> None:
    with pytest.raises(LaunchError, match="Google's address written into its code"):
        standing.variables(make_env(), find("llm-gemini"), status=STATUS, token=TOKEN, model=None)


def test_only_what_cannot_be_led_anywhere_is_refused() -> None:
    refused = []
    for name, client in CLIENTS.items():
        try:
            standing.check(client)
        except LaunchError:
            refused.append(name)
    assert refused == ["llm-gemini"]


def test_what_puts_the_variables_into_a_shell() -> None:
    assert standing.evaluated(find("node")) == 'eval "$(bytespike env --client google-genai-js)"'


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gemini-cli", "bytespike gemini"),
        ("zed", "the address http://127.0.0.1:8788, the key in /state/shim.token"),
        ("zed", "bytespike snippet zed --shim"),
        ("continue", ""),
        ("generative-ai-js", "from code alone"),
        ("google-genai", ""),
        ("generic", ""),
    ],
)
def test_what_a_client_needs_beside_them(name: str, words: str) -> None:
    told = standing.notes(CLIENTS[name], address=ADDRESS, token_file="/state/shim.token")
    assert words in "".join(told)
    assert bool(told) is bool(words)
