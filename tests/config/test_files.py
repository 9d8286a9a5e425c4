import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bytespike_cli.config import files
from bytespike_cli.config.files import locked, read_text, read_toml, tilde, write_atomic
from bytespike_cli.errors import ConfigurationError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_absent_file_is_empty(tmp_path: Path) -> None:
    assert read_toml(tmp_path / "none.toml") == {}
    assert read_text(tmp_path / "none.toml") is None


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"model = \n", 1),
        (b'model = "a"\nkey == "b"\n', 2),
        (b'a = 1\n\n[t\nb = "c"\n', 3),
        (b'model = "a"\nmodel = "b"\n', 2),
        (b'a = 1\nb = "\xff"\n', 2),
        (b'a = 1\nb = """\nnever closed\n', 3),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_left_alone(
    tmp_path: Path, content: bytes, line: int
) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=rf"config\.toml, line {line}: ") as broken:
        read_toml(path)
    assert broken.value.status == 3
    assert path.read_bytes() == content


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbfmodel = "a"\r\n')
    assert read_toml(path) == {"model": "a"}
    assert read_text(path) == 'model = "a"\r\n'


def test_a_folder_in_its_place_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Cannot read"):
        read_toml(tmp_path)


def test_written_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "keys.toml"
    write_atomic(path, b"a = 1\n")
    assert path.read_bytes() == b"a = 1\n"
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700


def test_an_open_file_becomes_private_when_written(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text("old")
    path.chmod(0o644)
    write_atomic(path, b"new")
    assert mode(path) == 0o600


def test_a_linked_file_stays_linked(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real = tmp_path / "dotfiles" / "config.toml"
    real.write_text("old")
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_failed_write_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigurationError, match="no space left"):
        write_atomic(path, b"new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_is_no_folder_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="Cannot write"):
        write_atomic(tmp_path / "file" / "config.toml", b"")
    with pytest.raises(ConfigurationError, match="Cannot write"), locked(tmp_path / "file" / "x"):
        pass


ADD_LINES = """
import sys
from pathlib import Path
from bytespike_cli.config.files import locked, read_text, write_atomic
path, name = Path(sys.argv[1]), sys.argv[2]
for number in range(15):
    with locked(path):
        write_atomic(path, ((read_text(path) or "") + f"{name}{number}\\n").encode())
"""


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list"
    writers = [
        subprocess.Popen([sys.executable, "-c", ADD_LINES, str(path), name]) for name in "abc"
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert sorted(path.read_text().split()) == sorted(f"{n}{i}" for n in "abc" for i in range(15))


def test_a_lock_that_is_kept_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LOCK_ATTEMPTS", 2)
    monkeypatch.setattr(files, "LOCK_PAUSE_S", 0)
    path = tmp_path / "keys.toml"
    with (
        locked(path),
        pytest.raises(ConfigurationError, match=r"Another process keeps .*keys\.toml locked"),
        locked(path),
    ):
        pass
    with locked(path):
        pass


def test_tilde() -> None:
    home = Path("/home/kim")
    assert tilde(home / ".config" / "x", home) == "~/.config/x"
    assert tilde(Path("/etc/x"), home) == "/etc/x"


def test_a_lock_is_held_for_as_long_as_its_descriptor(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lock"
    held = files.hold(path)
    assert held is not None
    assert files.hold(path, attempts=2) is None
    os.close(held)
    again = files.hold(path)
    assert again is not None
    os.close(again)


def test_a_lock_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="Cannot lock"):
        files.hold(tmp_path / "file" / "lock")
