"""`bytespike explain`: where the text comes from, how it is shown, how it ends."""

import json

from tests.cli.conftest import Cli

REFUSED = '{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}'


def test_a_text_as_an_argument(cli: Cli) -> None:
    run = cli("explain", "404", "NOT_FOUND:", "model", "gemini-3.1-pro")
    assert run.status == 0
    assert run.out.startswith("unknown-model\n  seen:  ")
    assert "gemini-3-1-pro" in run.out
    assert all(len(line) <= 80 for line in run.out.splitlines())


def test_stdin(cli: Cli) -> None:
    for arguments in (("explain",), ("explain", "-")):
        run = cli(*arguments, stdin=f"litellm: {REFUSED}")
        assert run.status == 0
        assert "model-not-in-group (litellm)" in run.out
        assert "  or:    ip-not-allowed: " in run.out
        assert "  which: bytespike doctor key" in run.out


def test_a_file(cli: Cli) -> None:
    cli.env()
    (cli.cwd / "report.json").write_bytes(b"\xff" + REFUSED.encode())
    assert "model-not-in-group" in cli("explain", "report.json").out


def test_as_json(cli: Cli) -> None:
    run = cli("explain", "--json", stdin=REFUSED)
    document = json.loads(run.out)
    assert document["explained"] is True
    assert document["client"] is None
    assert document["explanations"][0]["name"] == "model-not-in-group"
    assert document["explanations"][0]["check"] == "bytespike doctor key"


def test_what_is_not_known_is_said(cli: Cli) -> None:
    run = cli("explain", "something else")
    assert run.status == 1
    assert run.out == ""
    assert "bytespike doctor" in run.err
    assert json.loads(cli("explain", "something", "--json").out) == {
        "explained": False,
        "client": None,
        "explanations": [],
    }


def test_nothing_to_explain_is_a_usage_error(cli: Cli) -> None:
    assert cli("explain", stdin=" \n").status == 2


def test_a_person_is_told_how_to_paste(cli: Cli) -> None:
    assert "Ctrl-D" in cli("explain", stdin=REFUSED, terminal=True).err


def test_secrets_of_the_text_are_not_repeated(cli: Cli) -> None:
    run = cli(
        "explain", stdin="GEMINI_API_KEY=my-own-secret\nError: 401 UNAUTHENTICATED my-own-secret"
    )
    assert run.status == 0
    assert "[redacted]" in run.out
    assert "my-own-secret" not in run.out + run.err
