"""Choosing dialects."""

import pytest

from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.dialects import DIALECTS, choose, parse_pairs


def test_defaults_are_what_the_contract_says_first() -> None:
    chosen = choose({})
    assert chosen.keys() == DIALECTS.keys()
    assert (chosen["done"], chosen["framing"], chosen["error-shape"]) == ("always", "lf", "google")
    assert (chosen["unknown-model"], chosen["model-not-in-group"]) == ("404", "403")


def test_pairs() -> None:
    pairs = parse_pairs(["done=never", "auth=query-only", "done=bare"])
    assert pairs == {"done": "bare", "auth": "query-only"}
    assert choose(pairs)["done"] == "bare"


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ({"dome": "never"}, "no dialect 'dome'"),
        ({"done": "sometimes"}, "'done' has no value 'sometimes'"),
    ],
)
def test_what_is_not_a_dialect(pairs: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        choose(pairs)
    assert raised.value.fix


def test_a_pair_needs_a_value() -> None:
    with pytest.raises(UsageError, match="'done' is not a dialect"):
        parse_pairs(["done"])
