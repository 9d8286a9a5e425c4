"""`bytespike doctor contract`: what the gateway does, beside what its pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bytespike_cli.doctor.contract import Outcome, compare

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App
    from bytespike_cli.doctor.case import Case

WORD = "contract"


def run_contract(app: App, case: Case) -> None:
    """Print the table, or with `--json` the document. Raises for a gateway that cannot be asked."""
    outcomes = list(compare(case))
    if app.flags.json:
        app.render.data(
            {"origin": case.origin, "rows": [outcome.document() for outcome in outcomes]}
        )
        return
    app.render.table(
        ["ROW", "ABOUT", "TRUE", "THE GATEWAY"],
        [[o.row.id, o.row.topic, o.verdict, _words(o)] for o in outcomes],
    )
    told = sum(outcome.verdict not in ("unknown", "neither") for outcome in outcomes)
    odd = [outcome.row.id for outcome in outcomes if outcome.verdict == "neither"]
    app.render.say(f"\n{told} of {len(outcomes)} contradictions of the pages are settled.")
    if odd:
        app.render.say(f"As none of the pages say: {', '.join(odd)}.")


def _words(outcome: Outcome) -> str:
    said = [outcome.row.variants[letter] for letter in outcome.observation.holds or ()]
    return " and ".join(said) if said else outcome.observation.words
