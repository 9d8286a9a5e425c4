"""The clients that are known. A row of a table here for each: what it is led by."""

import json
import re
from collections.abc import Mapping

import pytest

from bytespike_cli.errors import UsageError
from bytespike_cli.launch.client import NEEDS, Client, Source, Target, client_variables
from bytespike_cli.launch.registry import CLIENTS, GENERIC, find, recognise

TOKEN, ROOT = "a-token", "http://127.0.0.1:1234"
BASE = ROOT + "/v1beta"
TARGET = Target(ROOT, TOKEN, ("claude-opus-4-8", "gemini-3-1-pro", "gemini-3-5-flash"))

GOOGLE_SDK = {
    "GEMINI_API_KEY": TOKEN,
    "GOOGLE_API_KEY": "",
    "GOOGLE_GEMINI_BASE_URL": ROOT,
    "GOOGLE_GENAI_API_VERSION": "v1beta",
    "GOOGLE_GENAI_USE_VERTEXAI": "",
    "GOOGLE_GENAI_USE_ENTERPRISE": "",
}
LITELLM = {
    "GOOGLE_API_KEY": TOKEN,
    "GEMINI_API_KEY": TOKEN,
    "GEMINI_API_BASE": BASE,
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}
IN_CODE = {"GEMINI_API_KEY": TOKEN, "GOOGLE_API_KEY": TOKEN, "GOOGLE_GEMINI_BASE_URL": ROOT}

VARIABLES: Mapping[str, Mapping[str, str]] = {
    "google-genai": GOOGLE_SDK,
    "google-genai-js": GOOGLE_SDK,
    "google-genai-go": {n: v for n, v in GOOGLE_SDK.items() if n != "GOOGLE_GENAI_API_VERSION"},
    "google-genai-java": GOOGLE_SDK,
    "google-generativeai": IN_CODE,
    "generative-ai-js": IN_CODE,
    "litellm": LITELLM,
    "aider": LITELLM,
    "langchain": {**IN_CODE, "GOOGLE_GENAI_USE_VERTEXAI": ""},
    "ai-sdk": {"GOOGLE_GENERATIVE_AI_API_KEY": TOKEN, "GOOGLE_GEMINI_BASE_URL": ROOT},
    "aichat": {
        "GEMINI_API_KEY": TOKEN,
        "GEMINI_API_BASE": BASE,
        "AICHAT_PROVIDER": "gemini",
        "AICHAT_PLATFORM": "gemini",
    },
    "continue": {"GEMINI_API_KEY": TOKEN, "GOOGLE_GEMINI_BASE_URL": ROOT},
    "zed": {"GEMINI_API_KEY": TOKEN, "GOOGLE_AI_API_KEY": TOKEN},
    "curl": {"GEMINI_API_KEY": TOKEN, "GOOGLE_GEMINI_BASE_URL": ROOT},
    "promptfoo": {
        "GOOGLE_API_KEY": TOKEN,
        "GEMINI_API_KEY": TOKEN,
        "GOOGLE_API_BASE_URL": ROOT,
        "GOOGLE_API_HOST": "",
        "PALM_API_HOST": "",
    },
    "llm-gemini": {"LLM_GEMINI_KEY": TOKEN},
}
"""What each client is given; gemini-cli, OpenCode and `generic` have tests of their own."""


@pytest.mark.parametrize("name", VARIABLES)
def test_what_a_client_is_led_by(name: str) -> None:
    assert client_variables(CLIENTS[name], {}, TARGET) == VARIABLES[name]


def test_no_client_is_without_a_test() -> None:
    assert set(CLIENTS) - set(VARIABLES) == {"gemini-cli", "opencode", "generic"}


def test_opencode_is_given_a_configuration_without_the_key() -> None:
    theirs = {"theme": "mine", "provider": {"other": {"x": 1}, "google": {"options": {"t": 2}}}}
    variables = client_variables(
        CLIENTS["opencode"], {"OPENCODE_CONFIG_CONTENT": json.dumps(theirs)}, TARGET
    )
    assert TOKEN not in variables["OPENCODE_CONFIG_CONTENT"]
    for name in ("GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"):
        assert variables[name] == TOKEN
    assert json.loads(variables["OPENCODE_CONFIG_CONTENT"]) == {
        "theme": "mine",
        "small_model": "google/gemini-3-5-flash",
        "provider": {
            "other": {"x": 1},
            "google": {
                "options": {
                    "t": 2,
                    "baseURL": BASE,
                    "apiKey": "{env:GOOGLE_GENERATIVE_AI_API_KEY}",
                },
                "models": {"gemini-3-1-pro": {}, "gemini-3-5-flash": {}},
            },
        },
    }


@pytest.mark.parametrize("content", ["", "[]", "{broken"])
def test_opencode_without_content_or_catalogue(content: str) -> None:
    variables = client_variables(
        CLIENTS["opencode"], {"OPENCODE_CONFIG_CONTENT": content}, Target(ROOT, TOKEN)
    )
    made = json.loads(variables["OPENCODE_CONFIG_CONTENT"])
    assert made["provider"]["google"]["models"] == {}
    assert "small_model" not in made


def test_generic_leads_whatever_any_client_reads() -> None:
    variables = client_variables(GENERIC, {}, TARGET)
    for name, client in CLIENTS.items():
        if client.address_from is Source.FIXED:
            continue
        for key in client.keys:
            assert variables[key] == TOKEN, f"{name}: {key}"
        theirs = client_variables(client, {}, TARGET)
        assert set(theirs) <= set(variables)
        assert {n: variables[n] for n in theirs if n not in client.keys} == {
            n: value for n, value in theirs.items() if n not in client.keys
        }


def test_generic_gives_no_key_to_a_client_that_would_send_it_to_google() -> None:
    assert "LLM_GEMINI_KEY" not in client_variables(GENERIC, {}, TARGET)


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS.keys())
def test_the_data_is_sound(client: Client) -> None:
    assert client.needs
    assert set(client.needs) <= set(NEEDS)
    assert bool(client.refused) or client.address_from not in (Source.SETTINGS, Source.FIXED)
    assert bool(client.refused_directly) or client.address_from is not Source.FIXED
    for code in (client.snippet, client.standing or client.snippet):
        assert not re.search("@[A-Z_]+@", code.render("https://x", "m", "/state/token"))


@pytest.mark.parametrize(
    ("name", "client"),
    [
        ("python", "google-genai"),
        ("node", "google-genai-js"),
        ("pydantic-ai", "google-genai"),
        ("@google/genai", "google-genai-js"),
        ("go", "google-genai-go"),
        ("google.golang.org/genai", "google-genai-go"),
        ("@google/generative-ai", "generative-ai-js"),
        ("gemini", "gemini-cli"),
        ("LiteLLM", "litellm"),
    ],
)
def test_other_names(name: str, client: str) -> None:
    assert find(name).name == client


def test_names_and_commands_mean_one_client_each() -> None:
    names = [n for client in CLIENTS.values() for n in (client.name, *client.aliases)]
    commands = [command for client in CLIENTS.values() for command in client.commands]
    assert len(names) == len(set(names))
    assert len(commands) == len(set(commands))


def test_an_unknown_name() -> None:
    with pytest.raises(UsageError) as close:
        find("langchian")
    assert "did you mean langchain?" in close.value.fix
    with pytest.raises(UsageError) as far:
        find("xyzzy")
    assert "opencode" in far.value.fix


@pytest.mark.parametrize(
    ("command", "client"),
    [
        ("gemini", "gemini-cli"),
        ("/usr/local/bin/aider", "aider"),
        ("./opencode", "opencode"),
        ("cn", "continue"),
        ("npx @continuedev/cli -p hi", "continue"),
        ("C:\\Tools\\aichat.EXE", "aichat"),
        ("llm", "llm-gemini"),
        ("python3", "generic"),
        ("gemini-something", "generic"),
        ("npx @google/gemini-cli -p hi", "gemini-cli"),
        ("npx -y @google/gemini-cli@latest -p hi", "gemini-cli"),
        ("npx -p @google/gemini-cli gemini", "gemini-cli"),
        ("npm exec -- @google/gemini-cli", "gemini-cli"),
        ("npx promptfoo@latest eval", "promptfoo"),
        ("bunx opencode-ai run", "opencode"),
        ("pnpm dlx opencode-ai@1.18.33", "opencode"),
        ("node /usr/lib/node_modules/@google/gemini-cli/bundle/gemini.js", "gemini-cli"),
        ("node --no-warnings node_modules/@google/gemini-cli/bundle/gemini.js", "gemini-cli"),
        ("node --require ./hook.cjs /usr/bin/gemini", "gemini-cli"),
        ("uvx --from aider-chat aider --model x", "aider"),
        ("uvx aider-chat@0.86.2", "aider"),
        ("uv tool run --python 3.12 aider", "aider"),
        ("uv run --with litellm litellm", "litellm"),
        ("uv run python -m aider", "aider"),
        ("uv run -m litellm", "litellm"),
        ("pipx run --spec aider-chat aider", "aider"),
        ("pipx run litellm[proxy]==1.80", "litellm"),
        ("/venv/bin/python3.12 -m litellm", "litellm"),
        ("python /venv/bin/aider", "aider"),
        ("env A=1 -u B aider", "aider"),
        ("timeout -k 5 300 env X=1 npx @google/gemini-cli", "gemini-cli"),
        ("poetry run aider", "aider"),
        ("uv run script.py", "generic"),
        ("python app.py aider", "generic"),
        ("python -c aider", "generic"),
        ("node app.mjs @google/gemini-cli", "generic"),
        ("npm install @google/gemini-cli", "generic"),
        ("uv pip install aider", "generic"),
        ("npx", "generic"),
        ("npx some-tool gemini", "generic"),
        ("cat gemini", "generic"),
        ("gemini@latest", "generic"),
        ("", "generic"),
    ],
)
def test_a_command_is_recognised_by_what_it_starts(command: str, client: str) -> None:
    assert recognise(command.split(" ")).name == client


def test_no_package_means_two_clients() -> None:
    packages = [name for client in CLIENTS.values() for name in client.packages]
    assert len(packages) == len(set(packages))
