"""Tools, web search, pictures and memory of gemini-cli, through bytespike."""

import base64
from pathlib import Path

import pytest

from tests.clients.conftest import MakeUser
from tests.clients.user import User, until

pytestmark = pytest.mark.client

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""


def test_a_file_is_read(user: User) -> None:
    user.write(user.project / "NOTES.md", "Quetzal is a bird.\n")
    run = user.gemini(
        "-y", "-p", "read the file NOTES.md and tell me its first word", "-m", "gemini-3-1-pro"
    )
    assert run.status == 0, run.said
    assert run.out.strip() == 'Its first word is "Quetzal".'
    assert [record.status for record in user.calls] == [200, 200]


def test_the_web_is_searched(user: User) -> None:
    """The search is a call of its own, with a model of the client's: gemini-3-flash-preview."""
    run = user.gemini("-y", "-p", "search the web for quetzals", "-m", "gemini-3-1-pro")
    assert run.status == 0, run.said
    assert "https://example.com/sandbox" in run.out
    served = ["gemini-3-1-pro", "gemini-3-flash", "gemini-3-1-pro"]
    assert [record.model for record in user.calls] == served
    assert len(user.billed) == 3


def test_a_picture_is_seen(user: User) -> None:
    (user.project / "picture.png").write_bytes(PICTURE)
    run = user.gemini("-p", "describe @picture.png", "-m", "gemini-3-1-pro")
    assert run.status == 0, run.said
    assert f"It sees image/png of {len(PICTURE)} bytes." in run.out
    assert len(user.billed) == 1


def test_a_memory_lands_in_the_users_own_home(make_user: MakeUser) -> None:
    """The tool save_memory is of 0.36; the newest has none."""
    user = make_user("oldest")
    prompt = 'call save_memory with {"fact": "Quetzals are green"}'
    run = user.gemini("-y", "-p", prompt, "-m", "gemini-3-1-pro")
    assert run.status == 0, run.said
    memory = user.home / ".gemini" / "GEMINI.md"
    until(lambda: memory.exists() and "Quetzals are green" in memory.read_text(), str(memory))
    again = user.gemini("-p", "say hi", "-m", "gemini-3-1-pro")
    assert again.status == 0, again.said
    assert "Quetzals are green" in str(user.calls[-1].body), "the client did not read its memory"


def test_an_extension_lands_in_the_users_own_home(user: User, tmp_path: Path) -> None:
    source = tmp_path / "quetzal"
    user.write(source / "gemini-extension.json", {"name": "quetzal", "version": "1.0.0"})
    installed = user.gemini("extensions", "install", str(source), "--consent")
    assert installed.status == 0, installed.said
    assert (user.home / ".gemini" / "extensions" / "quetzal" / "gemini-extension.json").exists()
    listed = user.gemini("extensions", "list")
    assert "quetzal" in listed.out + listed.err
