"""gemini-cli through bytespike, against a gateway in its default dialect: it answers."""

import re

import pytest

from tests.clients.conftest import MakeUser
from tests.clients.user import Run, User

pytestmark = pytest.mark.client

COMPLAINT = re.compile(r"\[DONE\]|JSON|Unexpected|[Rr]etry|[Ss]tream|API")
"""What gemini-cli says when an answer is not to its taste."""


def assert_answered(user: User, run: Run, text: str, *served: str) -> None:
    """A whole answer, nothing to complain of, and one billed call for each of `served`."""
    assert run.status == 0, run.said
    assert text.strip() == f"Hi! This is {served[-1]} in the ByteSpike sandbox."
    assert not COMPLAINT.search(run.err), run.err
    assert [record.model for record in user.calls] == list(served)
    assert all(record.billed for record in user.calls)


@pytest.mark.parametrize(
    ("model", "served"),
    [
        (None, ("gemini-2-5-flash", "gemini-3-5-flash")),
        ("gemini-3.1-pro", ("gemini-3-1-pro",)),
        ("gemini-3-1-pro", ("gemini-3-1-pro",)),
        ("gemini-2.5-flash", ("gemini-2-5-flash",)),
        ("gemini-3.5-flash", ("gemini-3-5-flash",)),
        ("gemini-3-flash", ("gemini-3-flash",)),
        ("flash", ("gemini-3-5-flash",)),
    ],
)
def test_plain_text(user: User, model: str | None, served: tuple[str, ...]) -> None:
    """Dotted, dashed, an alias, or none: then the client's own router makes a second call."""
    run = user.gemini("-p", "say hi", *(["-m", model] if model else []))
    assert_answered(user, run, run.out, *served)


@pytest.mark.parametrize(
    ("model", "served"),
    [("auto", ("gemini-2-5-flash", "gemini-3-5-flash")), ("gemini-3.1-pro", ("gemini-3-1-pro",))],
)
def test_json(user: User, model: str, served: tuple[str, ...]) -> None:
    run = user.gemini("-p", "say hi", "-m", model, "--output-format", "json")
    assert_answered(user, run, run.json["response"], *served)
    models = run.json["stats"]["models"].values()
    assert not any(used["api"]["totalErrors"] for used in models)


def test_a_stream_of_json(user: User) -> None:
    run = user.gemini("-p", "say hi", "-m", "pro", "--output-format", "stream-json")
    said = [e for e in run.lines if e["type"] == "message" and e["role"] == "assistant"]
    assert len(said) > 1, "the answer arrived in one piece"
    assert_answered(user, run, "".join(e["content"] for e in said), "gemini-3-1-pro")
    assert run.lines[-1]["type"] == "result"
    assert run.lines[-1]["status"] == "success"


@pytest.mark.parametrize(
    ("arguments", "served"),
    [
        ((), ("gemini-2-5-flash", "gemini-3-flash")),
        (("-m", "gemini-3.1-pro"), ("gemini-3-1-pro",)),
    ],
)
def test_the_oldest_version(
    make_user: MakeUser, arguments: tuple[str, ...], served: tuple[str, ...]
) -> None:
    user = make_user("oldest")
    run = user.gemini("-p", "say hi", "--output-format", "json", *arguments)
    assert_answered(user, run, run.json["response"], *served)
