"""Names for shell completion, from files alone."""

from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem, ShellComplete

from bytespike_cli.cli.app import App
from bytespike_cli.cli.main import root
from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.context import Environment
from tests.conftest import MakeEnv

ORIGIN = "https://llm.bytespike.ai"


@pytest.fixture
def env(make_env: MakeEnv) -> Environment:
    """A user with two keys and a catalogue."""
    env = make_env()
    store = KeyStore(env)
    for name, group in (("work", "gemini-default"), ("private", "default")):
        store.add(StoredKey(name=name, group=group, secret="sk-byts-1234567", origin=ORIGIN))
    credential = Credential("work", "gemini-default", "sk-byts-1234567", ORIGIN)
    catalogue.save(env, credential, ["gemini-3-1-pro", "gemini-3-flash"])
    return env


def complete(env: Environment, *before: str, incomplete: str = "") -> list[str]:
    shell = ShellComplete(root, {"obj": App(env)}, "bytespike", "_BYTESPIKE_COMPLETE")
    found: list[CompletionItem] = shell.get_completions(list(before), incomplete)
    return [item.value for item in found]


@pytest.mark.parametrize(
    ("before", "incomplete", "expected"),
    [
        ((), "ge", ["gemini", "generate"]),
        (("keys",), "re", ["remove", "rename"]),
        (("keys", "use"), "", ["private", "work"]),
        (("--key",), "w", ["work"]),
        (("generate", "--group"), "", ["default", "gemini-default"]),
        (("generate", "-m"), "gemini-3-1", ["gemini-3-1-pro"]),
        (("models", "resolve"), "", ["gemini-3-1-pro", "gemini-3-flash"]),
        (("gemini",), "ch", ["chat"]),
        (
            ("exec", "--client"),
            "google-genai-",
            ["google-genai-go", "google-genai-java", "google-genai-js"],
        ),
        (("env", "--client"), "li", ["litellm"]),
        (("snippet",), "open", ["opencode"]),
        (("doctor", "network"), "ca", ["catalogue"]),
        (("gemini", "-p", "hi", "-m"), "", ["gemini-3-1-pro", "gemini-3-flash"]),
    ],
)
def test_what_is_completed(
    env: Environment, before: tuple[str, ...], incomplete: str, expected: list[str]
) -> None:
    assert complete(env, *before, incomplete=incomplete) == expected


def test_options_are_completed(env: Environment) -> None:
    assert "--base-url" in complete(env, "generate", incomplete="--b")
    assert "--system" in complete(env, "generate", incomplete="--s")


def test_a_broken_file_is_no_noise_at_the_prompt(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "bytespike" / "keys.toml").write_text("[[[")
    assert complete(env, "keys", "use") == []


def test_every_command_is_offered(env: Environment) -> None:
    assert complete(env) == root.list_commands(click.Context(root))


def test_a_command_to_run_is_completed_as_a_file(env: Environment) -> None:
    shell = ShellComplete(root, {"obj": App(env)}, "bytespike", "_BYTESPIKE_COMPLETE")
    assert [item.type for item in shell.get_completions(["exec", "--"], "py")] == ["file"]
