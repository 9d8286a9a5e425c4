"""Reading faults, and whom they strike."""

import pytest

from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.errors import FAILURES
from bytespike_cli.sandbox.faults import KINDS, Faults, parse_fault


def struck(text: str, surfaces: list[str]) -> list[bool]:
    faults = Faults([text])
    return [bool(faults.strike(surface)) for surface in surfaces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("internal", [True, True, True, True]),
        ("internal@2", [False, True, False, False]),
        ("internal@1-2", [True, True, False, False]),
        ("internal@3-", [False, False, True, True]),
    ],
)
def test_which_requests(text: str, expected: list[bool]) -> None:
    assert struck(text, ["generate"] * 4) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("internal", [True, True, False, False]),
        ("stream/internal", [False, True, False, False]),
        ("models/internal", [False, False, True, False]),
        ("any/internal", [True, True, True, True]),
        ("submit/internal", [False, False, False, False]),
        ("any/internal@2", [False, True, False, False]),
        ("models/internal@1", [False, False, True, False]),
    ],
)
def test_which_surfaces(text: str, expected: list[bool]) -> None:
    assert struck(text, ["generate", "stream", "models", "other"]) == expected


def test_faults_of_tasks_strike_where_they_make_sense() -> None:
    assert struck("task-fails@2", ["query", "submit", "submit"]) == [False, False, True]
    assert struck("answer-lost", ["generate", "submit"]) == [True, False]
    assert struck("submit/answer-lost", ["generate", "submit"]) == [False, True]
    assert struck("asset-cut:9", ["submit", "download"]) == [False, True]
    assert struck("watch/stall", ["stream", "watch"]) == [False, True]


def test_arguments_and_defaults() -> None:
    assert parse_fault("cut").argument == 2
    assert parse_fault("cut:5@1").argument == 5
    assert parse_fault("spend-cap").argument == 7200
    assert parse_fault("cut").surface == "stream"


def test_faults_of_different_stages_strike_together() -> None:
    found = Faults(["slow:1", "cut:1", "cut:2"]).strike("stream")
    assert {stage: fault.text for stage, fault in found.items()} == {
        "connection": "slow:1",
        "stream": "cut:1",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a fault"),
        ("cut:", "is not a fault"),
        ("cut:x", "is not a fault"),
        ("cut@", "is not a fault"),
        ("cut@1-2-3", "is not a fault"),
        ("cutt", "no fault 'cutt'"),
        ("hang:3", "takes no argument"),
        ("generate/cut", "cannot strike 'generate'"),
        ("download/answer-lost", "cannot strike 'download'"),
        ("nowhere/internal", "cannot strike 'nowhere'"),
    ],
)
def test_what_is_not_a_fault(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        parse_fault(text)
    assert raised.value.fix


def test_every_failure_is_a_fault_and_every_fault_says_where_it_is_from() -> None:
    assert FAILURES.keys() <= KINDS.keys()
    assert all(kind.source and kind.what for kind in KINDS.values())
