"""The rows of contract.md 7 against the sandbox: each dialect shows as the variant that it is."""

import pytest

from bytespike_cli.doctor.contract import ROWS, Outcome, compare
from bytespike_cli.errors import AuthenticationError, NetworkError
from bytespike_cli.sandbox.seed import DEFAULT_KEY, GEMINI_KEY
from tests.conftest import MakeSandbox
from tests.doctor.conftest import MakeCase


def outcomes(
    make_case: MakeCase, origin: str, key: str = GEMINI_KEY, *, billable: bool = True
) -> dict[str, Outcome]:
    case = make_case(billable=billable, BYTESPIKE_API_KEY=key, BYTESPIKE_BASE_URL=origin)
    with case:
        return {outcome.row.id: outcome for outcome in compare(case)}


def test_the_sandbox_in_its_default_dialect(make_sandbox: MakeSandbox, make_case: MakeCase) -> None:
    found = outcomes(make_case, make_sandbox().origin)
    assert list(found) == [row.id for row in ROWS]
    expected = {
        "C1": "A", "C2": "unknown", "C3": "A+B", "C4": "A", "C10": "A", "C11": "A", "C13": "A",
        "C14": "A", "C15": "A", "C18": "B", "C22": "A", "C23": "A", "C27": "A", "C29": "B",
    }  # fmt: skip
    assert {id_: found[id_].verdict for id_ in expected} == expected


@pytest.mark.parametrize(
    ("dialect", "value", "row", "verdict"),
    [
        ("auth", "query-only", "C3", "A"),
        ("auth", "header-only", "C3", "B"),
        ("auth", "header-only", "C4", "B"),
        ("done", "never", "C11", "B"),
        ("model-not-in-group", "400", "C13", "B"),
        ("unknown-model", "400-not-found", "C14", "neither"),
        ("bad-key", "400", "C15", "B"),
        ("quota-headers", "huge", "C22", "B"),
        ("quota-headers", "missing", "C22", "unknown"),
        ("models", "minimal", "C29", "unknown"),
    ],
)
def test_dialects_are_told(
    make_sandbox: MakeSandbox,
    make_case: MakeCase,
    dialect: str,
    value: str,
    row: str,
    verdict: str,
) -> None:
    dialects = {dialect: value}
    if row in ("C13", "C14"):
        dialects["error-shape"] = "openai"
    if verdict == "neither":
        dialects["error-shape"] = "detail"
    found = outcomes(make_case, make_sandbox(dialects=dialects).origin)
    assert found[row].verdict == verdict, found[row].observation


def test_a_key_that_reaches_videos_shows_their_slug(
    make_sandbox: MakeSandbox, make_case: MakeCase
) -> None:
    found = outcomes(make_case, make_sandbox().origin, DEFAULT_KEY)
    assert found["C2"].verdict == "A+B+C"
    assert found["C13"].verdict == "unknown"
    assert found["C2"].document()["pages_say"]["C"] == "veo3.1"


def test_nothing_is_billed_that_need_not_be(make_sandbox: MakeSandbox, make_case: MakeCase) -> None:
    sandbox = make_sandbox()
    assert "C11" not in outcomes(make_case, sandbox.origin, billable=False)
    assert not [record for record in sandbox.state.journal if record.billed]
    outcomes(make_case, sandbox.origin)
    assert len([record for record in sandbox.state.journal if record.billed]) == 1


def test_without_a_key_that_works_there_is_nothing_to_compare(
    make_sandbox: MakeSandbox, make_case: MakeCase
) -> None:
    with pytest.raises(AuthenticationError):
        outcomes(make_case, make_sandbox().origin, "sk-byts-nobody-0001")
    with pytest.raises(NetworkError):
        outcomes(make_case, "http://127.0.0.1:9")


def test_every_row_has_variants_and_a_probe_of_its_own() -> None:
    assert len({row.probe for row in ROWS}) == len(ROWS)
    assert all(len(row.variants) >= 2 for row in ROWS)
