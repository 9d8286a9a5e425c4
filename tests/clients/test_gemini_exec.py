"""`bytespike exec -- gemini` is `bytespike gemini`."""

import pytest

from tests.clients.user import User

pytestmark = pytest.mark.client


@pytest.mark.parametrize(
    "start", [("gemini",), ("node", "./gemini"), ("--client", "gemini-cli", "node", "SCRIPT")]
)
def test_it_is_recognised_by_its_name_or_named(user: User, start: tuple[str, ...]) -> None:
    """By the name of its command, by what starts it, or by `--client`."""
    (user.project / "gemini").symlink_to(user.client)
    words = [str(user.client) if word == "SCRIPT" else word for word in start]
    options = words[:2] if words[0] == "--client" else []
    command = words[len(options) :]
    run = user.run("exec", *options, "--", *command, "-m", "gemini-3.1-pro", "-p", "say hi")
    assert run.status == 0, run.said
    assert run.out.strip() == "Hi! This is gemini-3-1-pro in the ByteSpike sandbox."
    assert [record.model for record in user.billed] == ["gemini-3-1-pro"]
