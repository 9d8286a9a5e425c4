import os
import stat
from pathlib import Path

from bytespike_cli.direct import history
from bytespike_cli.direct.chat import Conversation
from bytespike_cli.direct.history import ConversationStore, LineStore
from tests.conftest import MakeEnv


def talk(*words: str) -> Conversation:
    conversation = Conversation("gemini-3-flash")
    for word in words:
        conversation.keep(word, f"re: {word}")
    return conversation


def folder(tmp_path: Path) -> Path:
    return tmp_path / "bytespike" / "state" / "chat"


def test_the_last_conversation_survives(make_env: MakeEnv, tmp_path: Path) -> None:
    env = make_env()
    ConversationStore(env).save(talk("hi", "ü 🦀"))
    found = ConversationStore(env).latest()
    assert found is not None
    assert (found.model, found.turns) == ("gemini-3-flash", talk("hi", "ü 🦀").turns)
    (path,) = folder(tmp_path).glob("*.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder(tmp_path).stat().st_mode) == 0o700


def test_latest_is_the_one_before_and_goes_on_in_its_file(
    make_env: MakeEnv, tmp_path: Path
) -> None:
    env = make_env()
    ConversationStore(env).save(talk("first"))
    store = ConversationStore(env)
    store.save(talk("second"))
    found = store.latest()
    assert found is not None
    assert found.turns == talk("first").turns
    found.keep("more", "yes")
    store.save(found)
    assert len(list(folder(tmp_path).glob("*.json"))) == 2


def test_nothing_before(make_env: MakeEnv) -> None:
    assert ConversationStore(make_env()).latest() is None


def test_after_a_clear_the_old_file_stays(make_env: MakeEnv) -> None:
    env = make_env()
    store = ConversationStore(env)
    store.save(talk("old"))
    store.begin()
    store.save(talk("new"))
    found = store.latest()
    assert found is not None
    assert found.turns == talk("old").turns


def test_damaged_files_are_passed_over(make_env: MakeEnv, tmp_path: Path) -> None:
    env = make_env()
    ConversationStore(env).save(talk("good"))
    for number, content in enumerate((b"{", b"[]", b'{"model": 1, "turns": [{}]}', b"\xff")):
        path = folder(tmp_path) / f"9{number}.json"
        path.write_bytes(content)
        os.utime(path, (2e9, 2e9))
    found = ConversationStore(env).latest()
    assert found is not None
    assert found.turns == talk("good").turns


def test_the_oldest_make_room(make_env: MakeEnv, tmp_path: Path) -> None:
    env = make_env()
    for number in range(history.KEPT_CONVERSATIONS + 3):
        store = ConversationStore(env)
        store.save(talk(str(number)))
    assert len(list(folder(tmp_path).glob("*.json"))) == history.KEPT_CONVERSATIONS


def test_typed_lines_survive_with_their_line_ends(make_env: MakeEnv, tmp_path: Path) -> None:
    env = make_env()
    assert LineStore(env).load() == []
    for line in ("one", "two\nlines", "drei ü"):
        LineStore(env).add(line)
    path = folder(tmp_path) / "typed.jsonl"
    with path.open("ab") as stream:
        stream.write(b"not json\n3\n\xff\n")
    assert LineStore(env).load() == ["one", "two\nlines", "drei ü"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_typed_lines_do_not_grow_without_end(make_env: MakeEnv, tmp_path: Path) -> None:
    store = LineStore(make_env())
    store.add("first")
    path = folder(tmp_path) / "typed.jsonl"
    path.write_text("".join(f'"{n}"\n' for n in range(2 * history.KEPT_LINES + 1)))
    assert store.load()[-1] == str(2 * history.KEPT_LINES)
    assert len(path.read_text().splitlines()) == len(store.load()) == history.KEPT_LINES


def test_where_nothing_can_be_kept_nothing_is(make_env: MakeEnv, tmp_path: Path) -> None:
    (tmp_path / "bytespike").write_text("a file in the place of the folder")
    store = LineStore(make_env())
    store.add("lost")
    assert store.load() == []
