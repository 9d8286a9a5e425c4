"""The table of repairs against the code that makes them."""

import re
from pathlib import Path

from bytespike_cli.wire import stream_repair
from bytespike_cli.wire.rules import RULES, Part

PACKAGE = Path(stream_repair.__file__).parent.parent
_APPLIED = re.compile(r'(?:applied|\.apply|rules\.add)\(\s*("[^)]*)\)')


def test_a_rule_is_known_by_one_name_and_says_what_it_does_in_one_line() -> None:
    for name, rule in RULES.items():
        assert rule.name == name
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert rule.what
        assert "\n" not in rule.what
        assert len(rule.what) <= 110
    assert {rule.part for rule in RULES.values()} == set(Part)


def test_the_rules_of_streams_are_among_them() -> None:
    assert {rule.name for rule in RULES.values() if rule.part is Part.STREAM} >= set(
        stream_repair.RULES
    )


def test_every_rule_is_applied_somewhere_and_nothing_else_is() -> None:
    applied: set[str] = set()
    for folder in ("shim", "wire"):
        for path in (PACKAGE / folder).glob("*.py"):
            for found in _APPLIED.finditer(path.read_text(encoding="utf-8")):
                applied.update(re.findall(r'"([a-z0-9-]+)"', found[1]))
    assert applied == set(RULES)
