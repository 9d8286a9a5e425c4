import re

import pytest

from bytespike_cli import errors
from bytespike_cli.errors import BytespikeError, Interrupted, UnknownModelError
from bytespike_cli.status import ExitStatus

TREE = {
    name: cls
    for name, cls in vars(errors).items()
    if isinstance(cls, type) and issubclass(cls, BytespikeError)
}


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn = dict(re.findall(r"^[ │├└─]*(\w+) +(\d+)(?: |$)", errors.__doc__ or "", re.MULTILINE))
    assert {name: int(status) for name, status in drawn.items()} == {
        name: int(cls.status) for name, cls in TREE.items()
    }


def test_the_drawn_depth_is_the_inheritance() -> None:
    lines = re.findall(r"^([ │├└─]*)(\w+) +\d+", errors.__doc__ or "", re.MULTILINE)
    above: list[str] = []
    for indent, name in lines:
        depth = len(indent) // 4
        del above[depth:]
        if above:
            assert TREE[name].__base__ is TREE[above[-1]], name
        above.append(name)


def test_an_error_carries_cause_fix_and_detail() -> None:
    error = UnknownModelError("No such model.", fix="bytespike models", detail="404")
    assert (str(error), error.cause) == ("No such model.", "No such model.")
    assert (error.fix, error.detail) == ("bytespike models", "404")
    assert error.kind == "UnknownModelError"
    assert error.status is ExitStatus.UNKNOWN_MODEL
    assert (BytespikeError("x").fix, BytespikeError("x").detail) == ("", "")


def test_interrupted_needs_no_words() -> None:
    with pytest.raises(Interrupted, match="Interrupted"):
        raise Interrupted
