"""`make doctor-corpus`: play every scenario, or those named, and print a table."""

import sys
import tempfile
from pathlib import Path

from tests.doctor.corpus.play import alarms, play
from tests.doctor.corpus.scenarios import SCENARIOS


def main(names: list[str]) -> int:
    """Play scenarios; return how many the doctor got wrong."""
    wrong = 0
    chosen = names or list(SCENARIOS)
    for name in chosen:
        scenario = SCENARIOS[name]
        with tempfile.TemporaryDirectory() as folder:
            diagnosis = play(scenario, Path(folder))
        first = diagnosis.first.id if diagnosis.first else ""
        right = first == scenario.first and (bool(first) or not alarms(diagnosis))
        wrong += not right
        found = first or "nothing is wrong"
        note = "" if right else f"  WRONG: expected {scenario.first or 'nothing'}"
        if not right:
            note += f"; alarms: {', '.join(alarms(diagnosis))}"
        sys.stdout.write(f"{name:<34} {found:<30} {scenario.what}{note}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(chosen) - wrong} of {len(chosen)} right\n")
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
