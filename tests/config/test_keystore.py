import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bytespike_cli.config.keystore import KeyStore, StoredKey, check_name
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError, UsageError
from bytespike_cli.redact import scrub

ORIGIN = "https://llm.bytespike.ai"
ADDED = 1_760_000_000.0


def key(name: str, **fields: str) -> StoredKey:
    return StoredKey(
        name=name,
        origin=fields.get("origin", ORIGIN),
        group=fields.get("group"),
        secret=None if "secret_ref" in fields else fields.get("secret", f"sk-byts-of-{name}"),
        secret_ref=fields.get("secret_ref"),
        added_at=ADDED,
    )


def names(store: KeyStore) -> list[str]:
    return [stored.name for stored in store.keys()]  # noqa: SIM118


def test_nothing_is_stored_at_first(env: Environment) -> None:
    store = KeyStore(env)
    assert (store.keys(), store.default, store.find("x")) == ([], None, None)
    assert not store.path.exists()


def test_what_is_stored_comes_back_and_is_private(env: Environment) -> None:
    store = KeyStore(env)
    first = key("work", group="gemini-default")
    second = StoredKey("google", ORIGIN, None, None, "env:KEY", ADDED, force=True)
    assert store.add(first)
    assert not store.add(second)
    again = KeyStore(env)
    assert again.keys() == [first, second]
    assert again.default == "work"
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_a_secret_shows_in_no_repr_and_is_scrubbed_once_read(env: Environment) -> None:
    KeyStore(env).add(key("work", secret="a-custom-key-0042"))
    stored = KeyStore(env).get("work")
    assert "a-custom-key" not in repr(stored)
    assert "a-custom-key" not in scrub("got a-custom-key-0042 here")
    assert stored.shown == "…0042"
    assert key("ref", secret_ref="env:KEY").shown == "env:KEY"


def test_a_taken_name_is_kept_unless_replaced(env: Environment) -> None:
    store = KeyStore(env)
    store.add(key("work"))
    with pytest.raises(ConfigurationError, match="'work' is stored already"):
        store.add(key("work", secret="sk-byts-other"))
    assert store.get("work").secret == "sk-byts-of-work"
    store.add(key("work", secret_ref="env:KEY"), replace=True)
    assert (store.get("work").secret, store.get("work").secret_ref) == (None, "env:KEY")


def test_default_follows_use_rename_and_remove(env: Environment) -> None:
    store = KeyStore(env)
    for name in ("a", "b", "c"):
        store.add(key(name))
    seen = []
    for act, arguments in (
        ("use", ["b"]),
        ("rename", ["b", "bb"]),
        ("remove", ["bb"]),
        ("remove", ["a"]),
        ("remove", ["c"]),
    ):
        getattr(store, act)(*arguments)
        seen.append((store.default, names(store)))
    assert seen == [
        ("b", ["a", "b", "c"]),
        ("bb", ["a", "bb", "c"]),
        (None, ["a", "c"]),
        ("c", ["c"]),
        (None, []),
    ]


def test_added_as_the_default_when_asked(env: Environment) -> None:
    store = KeyStore(env)
    store.add(key("a"))
    assert store.add(key("b"), make_default=True)
    assert store.default == "b"


@pytest.mark.parametrize("act", ["get", "use", "remove", "rename"])
def test_an_absent_name_is_told_with_a_close_one(env: Environment, act: str) -> None:
    store = KeyStore(env)
    store.add(key("work"))
    arguments = ("wrok", "new") if act == "rename" else ("wrok",)
    with pytest.raises(ConfigurationError, match="did you mean 'work'"):
        getattr(store, act)(*arguments)
    assert names(store) == ["work"]


def test_a_secret_in_place_of_a_name_is_not_repeated(env: Environment) -> None:
    for name in ("sk-byts-hidden", "AIzaHidden"):
        with pytest.raises(ConfigurationError) as refused:
            KeyStore(env).get(name)
        assert "idden" not in refused.value.cause + refused.value.fix
        with pytest.raises(UsageError) as usage:
            check_name(name)
        assert "idden" not in usage.value.cause + usage.value.fix


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "ä", "x" * 65, "a\n"])
def test_names_that_a_key_may_not_have(env: Environment, name: str) -> None:
    with pytest.raises(UsageError):
        KeyStore(env).add(key(name))


def test_rename_to_a_taken_name_is_refused(env: Environment) -> None:
    store = KeyStore(env)
    store.add(key("a"))
    store.add(key("b"))
    with pytest.raises(ConfigurationError, match="'b' is stored already"):
        store.rename("a", "b")
    assert names(store) == ["a", "b"]


def test_what_a_newer_version_wrote_is_kept(env: Environment) -> None:
    store = KeyStore(env)
    store.path.parent.mkdir(parents=True)
    store.path.write_text(
        f'schema = 7\n[keys.work]\norigin = "{ORIGIN}"\nsecret = "sk-byts-x"\nquota = 5\n'
    )
    store.add(key("home"))
    store.add(key("work"), replace=True)
    text = store.path.read_text()
    assert "schema = 7" in text
    assert "quota = 5" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keys = 3\n", r"tables like \[keys\.work\]"),
        ("[keys]\nwork = 1\n", r"tables like \[keys\.work\]"),
        (f'[keys.work]\norigin = "{ORIGIN}"\n', "'work' is broken: it has neither"),
        ('[keys.work]\nsecret = "sk-byts-x"\n', "'work' is broken: it has no 'origin'"),
        (f'[keys.work]\norigin = "{ORIGIN}"\nsecret = 3\n', "'secret' must be a string"),
        ("[keys.work\n", "line 1"),
    ],
)
def test_a_broken_store_is_named_and_left_alone(env: Environment, text: str, words: str) -> None:
    store = KeyStore(env)
    store.path.parent.mkdir(parents=True)
    store.path.write_text(text)
    with pytest.raises(ConfigurationError, match=words):
        store.keys()
    assert store.path.read_text() == text


def test_a_broken_key_can_be_removed(env: Environment) -> None:
    store = KeyStore(env)
    store.path.parent.mkdir(parents=True)
    store.path.write_text(f'[keys.work]\norigin = "{ORIGIN}"\n')
    store.remove("work")
    assert store.keys() == []


ADD = """
import sys
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.context import Environment
store = KeyStore(Environment.from_process())
for number in range(10):
    store.add(StoredKey(f"{sys.argv[1]}{number}", "https://llm.bytespike.ai", secret="sk-byts-x"))
"""


def test_processes_that_add_at_once_lose_nothing(env: Environment, tmp_path: Path) -> None:
    variables = dict(env.variables)
    adders = [subprocess.Popen([sys.executable, "-c", ADD, name], env=variables) for name in "ab"]
    assert [adder.wait(timeout=60) for adder in adders] == [0, 0]
    assert sorted(names(KeyStore(env))) == sorted(f"{n}{i}" for n in "ab" for i in range(10))


def test_an_origin_that_was_written_by_hand(env: Environment) -> None:
    store = KeyStore(env)
    store.add(key("work"))
    written = store.path.read_text()
    origin = store.get("work").origin
    store.path.write_text(written.replace(origin, "HTTPS://Hand.Example:443/v1beta/"))
    assert store.get("work").origin == "https://hand.example"
    store.path.write_text(written.replace(origin, "ftp://hand.example"))
    with pytest.raises(ConfigurationError, match="'work' is broken: its 'origin'"):
        store.get("work")
