"""gemini-cli through bytespike, against a gateway whose streams are odd, cut or broken."""

import pytest

from tests.clients.conftest import MakeUser
from tests.conftest import MakeSandbox

pytestmark = pytest.mark.client

PROMPT = "name three colours"


@pytest.mark.parametrize(
    ("dialect", "value"),
    [
        ("done", "unterminated"),
        ("framing", "comments"),
        ("framing", "array"),
        ("finish-reason", "missing"),
    ],
)
def test_a_dialect_that_makes_the_client_fail_or_send_the_turn_four_times(
    make_user: MakeUser, make_sandbox: MakeSandbox, dialect: str, value: str
) -> None:
    """Each of them alone does that to the client without us (clients.md 2.6)."""
    user = make_user(sandbox=make_sandbox(dialects={dialect: value}))
    run = user.gemini("-p", PROMPT, "-m", "gemini-3-1-pro")
    assert run.status == 0, run.said
    assert run.out.strip() == f'gemini-3-1-pro heard: "{PROMPT}".'
    assert len(user.billed) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("cut:2", "stream was cut before its end: what you see is incomplete"),
        ("garbled:2", "an event of the stream is not valid JSON"),
        ("mid-error-google:2", "[bytespike]"),
        ("empty-body", "ended the stream before any answer"),
    ],
)
def test_a_stream_that_breaks_ends_the_turn_once(
    make_user: MakeUser, make_sandbox: MakeSandbox, fault: str, sentence: str
) -> None:
    """Alone the client takes an error in mid-stream for the end of a good answer."""
    user = make_user(sandbox=make_sandbox(faults=[fault]))
    run = user.gemini("-p", PROMPT, "-m", "gemini-3-1-pro")
    assert run.status == 1, run.said
    assert sentence in run.err
    assert len(user.calls) == 1
