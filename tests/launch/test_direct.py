"""`--direct`: the real gateway and key, and what that gives up."""

import pytest

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.errors import LaunchError
from bytespike_cli.launch import direct
from bytespike_cli.launch.registry import CLIENTS, find
from tests.conftest import MakeEnv

CREDENTIAL = Credential("work", None, "sk-byts-real-0001", "https://llm.bytespike.ai")


def test_the_variables_hold_the_real_gateway_and_key(make_env: MakeEnv) -> None:
    env = make_env(GEMINI_API_KEY="another", HOME="/h")
    variables = direct.variables(
        env, find("aichat"), settings=resolve_settings(env), credential=CREDENTIAL
    )
    assert variables == {
        "GEMINI_API_KEY": "sk-byts-real-0001",
        "GEMINI_API_BASE": "https://llm.bytespike.ai/v1beta",
        "AICHAT_PROVIDER": "gemini",
        "AICHAT_PLATFORM": "gemini",
    }


@pytest.mark.parametrize("name", ["gemini-cli", "llm-gemini"])
def test_a_client_that_cannot_work_so_is_refused(make_env: MakeEnv, name: str) -> None:
    env = make_env()
    with pytest.raises(LaunchError):
        direct.variables(env, find(name), settings=resolve_settings(env), credential=CREDENTIAL)


def test_the_configured_model_comes_before_the_cached_ones(make_env: MakeEnv) -> None:
    env = make_env()
    assert direct.known_models(env, resolve_settings(env), CREDENTIAL) == ()
    catalogue.save(env, CREDENTIAL, ["gemini-3-1-pro", "gemini-3-flash"])
    settings = resolve_settings(env, model="gemini-3-flash")
    known = direct.known_models(env, settings, CREDENTIAL)
    assert known == ("gemini-3-flash", "gemini-3-1-pro")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("google-genai", "SDKs parse it as JSON and crash"),
        ("google-genai", "this client's is header"),
        ("zed", "this client's is query"),
        ("aichat", "this client's is query"),
        ("google-generativeai", "JSON array"),
        ("generic", "model ids as Google spells them"),
        ("generic", "your real key is in its environment"),
    ],
)
def test_what_it_gives_up_is_said(name: str, words: str) -> None:
    assert words in direct.given_up(find(name))


def test_a_client_that_no_variable_leads_is_pointed_to_its_snippet() -> None:
    noted = [name for name, client in CLIENTS.items() if direct.own_address(client)]
    assert noted == ["google-generativeai", "generative-ai-js", "ai-sdk", "zed"]
    assert "bytespike snippet zed" in direct.own_address(find("zed"))[0]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("gemini-cli", "leave out --direct"),
        ("zed", "start a shim that stays"),
        ("llm-gemini", "see: "),
    ],
)
def test_the_way_out(name: str, fix: str) -> None:
    assert direct.way_out(find(name)).startswith(fix)
