"""Names of tasks that a Gemini client can carry."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.handles import Handle, file_in, operation_in, read_handle
from bytespike_cli.wire.media_slug import Surface

NAMES = st.text(st.characters(blacklist_characters="\n", blacklist_categories=["Cs"]), max_size=40)


@given(st.sampled_from([Surface.TASKS, Surface.VIDEOS]), NAMES, NAMES, NAMES, st.integers(0, 9))
def test_a_handle_comes_back(
    surface: Surface, key: str, task_id: str, out_task_id: str, index: int
) -> None:
    handle = Handle(surface, key, task_id, out_task_id, index)
    assert read_handle(handle.text) == handle
    assert re.fullmatch("[a-z0-9]+", handle.text)


@pytest.mark.parametrize(
    "text", ["", "abc", "veo31", "a" * 1001, "0189", "oqfeewkuivjvasklivpucucjl5fukwik", "é"]
)
def test_what_is_no_handle_of_ours(text: str) -> None:
    assert read_handle(text) is None


def test_a_handle_that_was_changed() -> None:
    text = Handle(Surface.TASKS, "work", "task_01", "").text
    assert read_handle(text[:-3] + "aaa") is None
    assert read_handle("a" + text[1:]) is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1beta/models/veo-3.1/operations/abc9", "abc9"),
        ("/v1beta/operations/abc9", "abc9"),
        ("/v1beta/v1beta/models/veo-3.1/operations/abc9", "abc9"),
        ("/v1/models/veo-3.1/operations/abc9", "abc9"),
        ("/v1beta/models/veo-3.1/operations/", None),
        ("/v1beta/models/veo-3.1/operations/a/b", None),
        ("/v1beta/models/veo-3.1/operations/A", None),
        ("/operations/abc", None),
    ],
)
def test_paths_of_operations(path: str, found: str | None) -> None:
    assert operation_in(path) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1beta/files/abc9:download", ("abc9", True)),
        ("/v1beta/files/abc9", ("abc9", False)),
        ("/v1beta/files", None),
        ("/v1beta/files/abc9:delete", None),
        ("/v1beta/files/https://x", None),
    ],
)
def test_paths_of_files(path: str, found: tuple[str, bool] | None) -> None:
    assert file_in(path) == found
