"""A client's variables and snippets, made from its data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.launch.client import Client, Shape, Snippet, Target, client_variables

NOTHING = Snippet("")
TARGET = Target("http://127.0.0.1:1234", "a-token", ("gemini-3-1-pro",))


def test_every_key_and_address_is_set_in_its_shape() -> None:
    client = Client(
        name="x",
        title="X",
        keys=("FIRST_KEY", "SECOND_KEY"),
        addresses={"ROOT": Shape.ORIGIN, "BASE": Shape.VERSIONED},
        off=("USE_VERTEX",),
        extra={"VERSION": "v1beta"},
        snippet=NOTHING,
    )
    assert client_variables(client, {"FIRST_KEY": "AIza-of-the-user", "HOME": "/h"}, TARGET) == {
        "FIRST_KEY": "a-token",
        "SECOND_KEY": "a-token",
        "ROOT": "http://127.0.0.1:1234",
        "BASE": "http://127.0.0.1:1234/v1beta",
        "USE_VERTEX": "",
        "VERSION": "v1beta",
    }


def test_a_key_that_is_off_is_blanked() -> None:
    client = Client(name="x", title="X", keys=("A", "B"), off=("A",), snippet=NOTHING)
    assert client_variables(client, {}, TARGET) == {"A": "", "B": "a-token"}


def test_variables_may_depend_on_the_users_own() -> None:
    client = Client(
        name="x",
        title="X",
        configure=lambda target, variables: {"C": variables["C"] + target.models[0]},
        snippet=NOTHING,
    )
    assert client_variables(client, {"C": "mine+"}, TARGET) == {"C": "mine+gemini-3-1-pro"}


def test_the_key_is_not_in_the_representation() -> None:
    assert "a-token" not in repr(TARGET)


@given(st.text(st.characters(codec="utf-8")))
def test_a_literal_says_what_it_stands_for(model: str) -> None:
    python = Snippet("told = [@MODEL@, @ORIGIN@, @VERSIONED@]").render("https://x", model)
    found: dict[str, list[str]] = {}
    exec(python, {}, found)
    assert found["told"] == [model, "https://x", "https://x/v1beta"]
    assert json.loads(Snippet("@MODEL@").render("", model)) == model


@given(st.text(st.characters(codec="utf-8")))
def test_a_path_stands_inside_a_string(path: str) -> None:
    code = Snippet('{"key": "{file:@TOKEN_FILE@}"}', literals=False).render("", "", path)
    assert json.loads(code) == {"key": f"{{file:{path}}}"}


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("gemini-3-1-pro", "https://x:8/v1beta/models/gemini-3-1-pro"),
        ("a/../b c'\"$", "https://x:8/v1beta/models/a/../b%20c%27%22%24"),
    ],
)
def test_a_part_of_a_url_is_quoted(model: str, path: str) -> None:
    snippet = Snippet("@ORIGIN@/v1beta/models/@MODEL@", literals=False)
    assert snippet.render("https://x:8", model) == path
