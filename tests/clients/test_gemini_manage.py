"""Arguments that ask no model: nothing stands between, and no key is needed."""

import json

import pytest

from tests.clients.conftest import MakeUser
from tests.clients.user import script_of

pytestmark = pytest.mark.client


@pytest.mark.parametrize("age", ["newest", "oldest"])
def test_the_version(make_user: MakeUser, age: str) -> None:
    user = make_user(age)
    package = json.loads((script_of(age).parent.parent / "package.json").read_text())
    run = user.gemini("--version", BYTESPIKE_API_KEY="")
    assert (run.status, run.out.strip()) == (0, package["version"])
    assert len(user.sandbox.state.journal) == 0
    assert not user.config.exists()


def test_mcp_servers_are_the_users_own(make_user: MakeUser) -> None:
    user = make_user()
    added = user.gemini("mcp", "add", "-s", "user", "birds", "true", BYTESPIKE_API_KEY="")
    assert added.status == 0, added.said
    assert "birds" in json.loads(user.settings.read_text())["mcpServers"]
    listed = user.gemini("mcp", "list", BYTESPIKE_API_KEY="")
    assert listed.status == 0
    assert "birds" in listed.out + listed.err
    assert len(user.sandbox.state.journal) == 0
    assert not user.config.exists()
