"""A client's own repetitions of what the shim gave up on."""

from __future__ import annotations

import time

import pytest

from bytespike_cli.shim.given_up import KEPT, MOST_404, WITHIN_S, GivenUp
from tests.conftest import MakeSandbox
from tests.shim.conftest import MakeShim

PATH = "/v1beta/models/gemini-3-flash:generateContent"
HI = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}
OTHER = {"contents": [{"role": "user", "parts": [{"text": "say hello"}]}]}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_same_request_soon_after_is_a_repetition() -> None:
    clock = Clock()
    given_up = GivenUp(clock)
    given_up.note(PATH, b"a", 503)
    assert given_up.repeats(PATH, b"a")
    assert not given_up.repeats(PATH, b"b")
    assert not given_up.repeats("/v1beta/models/gemini-3-1-pro:generateContent", b"a")
    clock.now += WITHIN_S
    assert not given_up.repeats(PATH, b"a")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 424])
def test_what_no_client_repeats_is_not_kept(status: int) -> None:
    given_up = GivenUp(Clock())
    given_up.note(PATH, b"a", status)
    assert not given_up.repeats(PATH, b"a")


def test_it_keeps_a_bounded_number() -> None:
    given_up = GivenUp(Clock())
    for number in range(KEPT + 1):
        given_up.note(PATH, b"%d" % number, 503)
    assert not given_up.repeats(PATH, b"0")
    assert given_up.repeats(PATH, b"1")


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bytespike_cli.shim.upstream.delay_s", _at_once)


def _at_once(_failure: object, attempt: int, _jitter_s: float) -> float | None:
    return 0.0 if attempt < 4 else None


@pytest.mark.parametrize(("fault", "status"), [("unavailable", 503), ("concurrency", 429)])
def test_a_repetition_is_asked_once_and_ends_the_client(
    make_sandbox: MakeSandbox, make_shim: MakeShim, fault: str, status: int
) -> None:
    sandbox = make_sandbox(faults=[fault])
    shim = make_shim(sandbox.origin, now=time.time)
    first = shim.client.post(PATH, json=HI)
    asked = len(_calls(sandbox.state.journal))
    second = shim.client.post(PATH, json=HI)
    assert (first.status_code, second.status_code) == (status, 424)
    assert len(_calls(sandbox.state.journal)) == asked + 1
    for answer in (first, second):
        assert answer.json()["error"]["code"] == answer.status_code
        assert answer.json()["error"]["message"].count("[bytespike]") == 1
    other = shim.client.post(PATH, json=OTHER)
    assert other.status_code == status


def test_who_goes_on_after_that_is_told_in_another_way(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    shim = make_shim(make_sandbox(faults=["unavailable"]).origin, now=time.time)
    answers = [shim.client.post(PATH, json=HI) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [503, 424, 400, 400]
    first, last = (answers[at].json()["error"] for at in (0, -1))
    assert last == {**first, "code": 400, "status": "INVALID_ARGUMENT"}


def test_an_end_that_is_long_ago_is_told_anew() -> None:
    clock = Clock()
    given_up = GivenUp(clock)
    assert not given_up.insists(PATH, b"a")
    assert given_up.insists(PATH, b"a")
    clock.now += WITHIN_S
    assert not given_up.insists(PATH, b"a")
    for number in range(KEPT):
        assert not given_up.insists(PATH, b"%d" % number)
    assert not given_up.insists(PATH, b"a")


def test_a_repetition_that_succeeds_is_answered(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["unavailable@1-4"])
    shim = make_shim(sandbox.origin)
    assert shim.client.post(PATH, json=HI).status_code == 503
    assert shim.client.post(PATH, json=HI).status_code == 200


def test_in_a_shim_of_one_person_a_repetition_is_known_whoever_asks(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    shim = make_shim(make_sandbox(faults=["unavailable"]).origin, shared=True)
    assert [shim.client.post(PATH, json=HI).status_code for _ in range(2)] == [503, 424]


def test_a_shim_of_many_people_takes_nobody_for_another(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["unavailable"])
    shim = make_shim(sandbox.origin, shared=True, repetitions=False)
    assert [shim.client.post(PATH, json=HI).status_code for _ in range(2)] == [503, 503]


@pytest.mark.parametrize(
    ("model", "fault"), [("gemini-9-ultra", ""), ("gemini-3-flash", "stream/not-found")]
)
def test_an_endless_loop_of_404_is_ended(
    make_sandbox: MakeSandbox, make_shim: MakeShim, model: str, fault: str
) -> None:
    shim = make_shim(make_sandbox(faults=[fault] if fault else []).origin)
    path = f"/v1beta/models/{model}:streamGenerateContent"
    answers = [shim.client.post(path, json=HI) for _ in range(MOST_404 + 2)]
    assert [answer.status_code for answer in answers] == [404] * MOST_404 + [400] * 2
    first, last = (answers[at].json()["error"] for at in (0, -1))
    assert last == {**first, "code": 400, "status": "INVALID_ARGUMENT"}
    assert answers[0].headers.keys() == answers[-1].headers.keys()
    assert shim.client.post(path, json=OTHER).status_code == 404


def test_404s_that_are_far_apart_are_no_loop() -> None:
    clock = Clock()
    given_up = GivenUp(clock)
    for _ in range(3 * MOST_404):
        assert not given_up.loops(PATH, b"a")
        clock.now += WITHIN_S / MOST_404


def _calls(journal: object) -> list[object]:
    return [r for r in journal if r.path.endswith(":generateContent")]  # type: ignore[attr-defined]
