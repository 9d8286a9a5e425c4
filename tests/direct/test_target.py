import os
from pathlib import Path

import pytest

from bytespike_cli.direct.target import Target, name_of, publish
from bytespike_cli.errors import OutputError, UsageError


@pytest.mark.parametrize(
    ("typed", "folder", "name"),
    [
        (None, "", ""),
        ("fog.mp4", "", "fog.mp4"),
        ("there", "there", ""),
        ("there/fog.mp4", "there", "fog.mp4"),
        ("absent/", "absent", ""),
        ("absent", "", "absent"),
    ],
)
def test_parsing(tmp_path: Path, typed: str | None, folder: str, name: str) -> None:
    (tmp_path / "there").mkdir()
    target = Target.parse(typed, tmp_path)
    assert target == Target(tmp_path / folder, name)
    assert Target.parse(target.text, Path("/")) == target


def test_checking(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    Target(tmp_path).check()
    Target(tmp_path, "b.mp4").check()
    Target(tmp_path, "a.mp4").check(force=True)
    with pytest.raises(UsageError, match="not overwritten"):
        Target(tmp_path, "a.mp4").check()
    with pytest.raises(UsageError, match="no folder"):
        Target(tmp_path / "absent").check()
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="no space left on device"):
        Target(tmp_path).check()


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("fog over a lake", "fog-over-a-lake"),
        ("  Fog: over/../a LAKE! ", "fog-over-a-lake"),
        ("一只纸鹤", "一只纸鹤"),
        ("...", "result"),
        ("", "result"),
        ("x" * 99, "x" * 40),
        ("a painting of two people in the evening rain", "a-painting-of-two-people-in-the-evening"),
    ],
)  # fmt: skip
def test_names(prompt: str, name: str) -> None:
    assert name_of(prompt) == name


@pytest.mark.parametrize(
    ("typed", "mime", "number", "count", "beside", "name"),
    [
        ("", "video/mp4", 1, 1, False, "fog.mp4"),
        ("", "video/webm", 1, 1, False, "fog.webm"),
        ("my.mp4", "video/webm", 1, 1, False, "my.mp4"),
        ("my", "video/mp4", 1, 1, False, "my"),
        ("my.png", "image/png", 2, 3, False, "my-2.png"),
        ("", "image/jpeg", 1, 2, False, "fog-1.jpg"),
        ("my.mp4", "audio/m4a", 1, 1, True, "my.m4a"),
        ("my.mp4", "video/mp4", 1, 1, True, "my.m4a"),
    ],
)
def test_paths(
    tmp_path: Path, typed: str, mime: str, number: int, count: int, beside: bool, name: str
) -> None:
    path = Target(tmp_path, typed).path("fog", mime, number=number, count=count, beside=beside)
    assert path == tmp_path / name


def part_of(tmp_path: Path, content: bytes = b"new") -> Path:
    part = tmp_path / ".part"
    part.write_bytes(content)
    return part


def test_publishing(tmp_path: Path) -> None:
    path = tmp_path / "fog.mp4"
    assert publish(part_of(tmp_path), path) == path
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "fog.mp4"
    path.write_bytes(b"old")
    (tmp_path / "fog-1.mp4").write_bytes(b"older")
    assert publish(part_of(tmp_path), path) == tmp_path / "fog-2.mp4"
    assert path.read_bytes() == b"old"


def test_but_with_force(tmp_path: Path) -> None:
    path = tmp_path / "fog.mp4"
    path.write_bytes(b"old")
    assert publish(part_of(tmp_path), path, force=True) == path
    assert path.read_bytes() == b"new"


def test_the_very_same_file_is_the_result(tmp_path: Path) -> None:
    path = tmp_path / "fog.mp4"
    path.write_bytes(b"new")
    assert publish(part_of(tmp_path), path) == path
    assert list(tmp_path.iterdir()) == [path]


def test_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "fog.mp4"
    assert publish(part_of(tmp_path), path) == path
    assert publish(part_of(tmp_path, b"other"), path) == tmp_path / "fog-1.mp4"


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no such file"):
        publish(part_of(tmp_path), tmp_path / "absent" / "fog.mp4")
