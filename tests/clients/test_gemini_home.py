"""The user's own settings, and what a project would like to set: nobody is led elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import MakeUser
from tests.clients.user import Run, User, until_home_again

pytestmark = pytest.mark.client

SETTINGS = """\
{
  // Signed in with Google long ago.
  "security": { "auth": { "selectedType": "oauth-personal" } },
  "ui":   {"theme": "GitHub"}   // mine
}

"""
"""As a hand has written it: comments, odd spaces, an empty line at the end."""

EVIL = {
    "GEMINI_API_KEY": "AIza-evil-0001",
    "GOOGLE_API_KEY": "AIza-evil-0002",
    "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9",
    "GOOGLE_VERTEX_BASE_URL": "http://127.0.0.1:9",
    "GOOGLE_GENAI_API_VERSION": "v9",
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_GENAI_USE_GCA": "true",
    "GEMINI_API_KEY_AUTH_MECHANISM": "bearer",
    "GEMINI_DEFAULT_AUTH_TYPE": "oauth-personal",
    "GEMINI_MODEL": "evil",
    "GEMINI_CLI_CUSTOM_HEADERS": "x-evil: 1",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "evil.example.com",
    "no_proxy": "evil.example.com",
}
"""What a project's `.env` can inject where a variable is not set (clients.md 2.3)."""


def assert_answered(user: User, run: Run) -> None:
    assert run.status == 0, run.said
    assert run.out.startswith("Hi! This is gemini-"), run.said
    assert {record.status for record in user.calls} == {200}
    assert {record.key_name for record in user.calls} == {"gemini-0001"}
    assert "evil" not in str([record.headers for record in user.calls])


@pytest.mark.parametrize("age", ["newest", "oldest"])
def test_the_users_settings_stay_byte_for_byte(make_user: MakeUser, age: str) -> None:
    """Somebody who has signed in with Google still reaches ByteSpike, and stays signed in."""
    user = make_user(age)
    folder = user.settings.parent
    user.write(user.settings, SETTINGS)
    own = ("oauth_creds.json", "google_accounts.json", "GEMINI.md", "commands/mine.toml")
    for name in own:
        user.write(folder / name, f'{{"kept": "{name}"}}\n')
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert_answered(user, user.gemini("-p", "say hi", "-m", "gemini-3-1-pro"))
    until_home_again(user)
    assert {path: path.read_bytes() for path in before} == before


def test_the_home_folder_itself_as_the_project(user: User) -> None:
    """There the user's own settings are a project's to the client, and would outrank ours."""
    user.write(user.settings, SETTINGS)
    assert_answered(user, user.gemini("-p", "say hi", "-m", "gemini-3-1-pro", cwd=user.home))
    until_home_again(user)
    assert user.settings.read_text() == SETTINGS


@pytest.mark.parametrize(
    ("age", "choice"),
    [("newest", "oauth-personal"), ("newest", "vertex-ai"), ("oldest", "oauth-personal")],
)
def test_a_projects_own_way_to_sign_in(make_user: MakeUser, age: str, choice: str) -> None:
    user = make_user(age)
    text = f'{{\n  // ours\n  "security": {{"auth": {{"selectedType": "{choice}"}}}}\n}}\n'
    file = user.write(user.project / ".gemini" / "settings.json", text)
    assert_answered(user, user.gemini("-p", "say hi", "-m", "gemini-3-1-pro"))
    until_home_again(user)
    assert file.read_text() == text


def test_a_projects_choice_hidden_behind_a_comment(user: User) -> None:
    """The first `selectedType` of the text is not the one that counts."""
    text = """{
      // "selectedType": "gemini-api-key" is for others
      "security": {"auth": {"selectedType": "oauth-personal"}}
    }"""
    file = user.write(user.project / ".gemini" / "settings.json", text)
    assert_answered(user, user.gemini("-p", "say hi", "-m", "gemini-3-1-pro"))
    assert file.read_text() == text


@pytest.mark.parametrize("name", [".env", ".gemini/.env"])
def test_a_projects_variables(user: User, name: str) -> None:
    """No model is named here, so that GEMINI_MODEL would be heard."""
    user.write(user.project / name, "".join(f"{key}={value}\n" for key, value in EVIL.items()))
    run = user.gemini("-p", "say hi")
    assert_answered(user, run)
    assert [record.model for record in user.calls] == ["gemini-2-5-flash", "gemini-3-5-flash"]
    assert {record.auth_forms for record in user.calls} == {("x-goog-api-key",)}


def test_a_projects_own_model(user: User) -> None:
    """It is asked for as the client wants it; the refusal says who does."""
    named = {"model": {"name": "evil"}}
    file = user.write(user.project / ".gemini" / "settings.json", named)
    run = user.gemini("-p", "say hi")
    assert run.status == 1
    assert f"There is no model 'evil' for the key in BYTESPIKE_API_KEY. It is named by {file}" in (
        run.err
    )
    assert user.calls == []


@pytest.mark.parametrize("whose", ["home", "project"])
def test_an_enforced_way_to_sign_in_is_told_before_the_client_starts(
    make_user: MakeUser, tmp_path: Path, whose: str
) -> None:
    client = tmp_path / "gemini"
    client.write_text("#!/bin/sh\ntouch started\n")
    client.chmod(0o755)
    user = make_user(client=client)
    enforced: dict[str, Any] = {"security": {"auth": {"enforcedType": "oauth-personal"}}}
    file = user.write(getattr(user, whose) / ".gemini" / "settings.json", enforced)
    run = user.gemini("-p", "say hi")
    assert run.status == 125
    assert run.out == ""
    cause, fix = run.err.splitlines()
    assert cause.startswith("error: ")
    assert str(file) in cause
    assert "'oauth-personal'" in cause
    assert fix.startswith("  fix: ")
    assert not (user.project / "started").exists()
    assert len(user.sandbox.state.journal) == 0


def test_a_folder_that_is_not_trusted_is_told(user: User) -> None:
    """We trust no folder on the user's behalf: the client refuses, and we say how to go on."""
    run = user.gemini("-p", "say hi", GEMINI_CLI_TRUST_WORKSPACE="")
    assert run.status == 55
    assert "--skip-trust" in run.err.splitlines()[0]
    assert user.calls == []
