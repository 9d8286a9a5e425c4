import os
from pathlib import Path

import pytest

from bytespike_cli.direct.part import Part
from bytespike_cli.errors import OutputError


def test_bytes_and_versions(tmp_path: Path) -> None:
    versions: list[str] = []
    part = Part(tmp_path, ".x.part", on_version=versions.append)
    assert (part.size, part.etag) == (0, "")
    part.restart('"v1"')
    part.write(b"one")
    part.restart('"v2"')
    part.write(b"two")
    assert (part.size, part.etag, versions) == (3, '"v2"', ['"v1"', '"v2"'])
    assert part.head() == b"two"
    assert part.read(1, 1) == b"w"
    assert part.finish().read_bytes() == b"two"
    part.close()


def left_behind(tmp_path: Path) -> None:
    part = Part(tmp_path, ".x.part")
    part.write(b"half")
    part.close()


def test_what_was_left_is_gone_on_with(tmp_path: Path) -> None:
    left_behind(tmp_path)
    part = Part(tmp_path, ".x.part", etag='"v1"')
    assert (part.size, part.etag) == (4, '"v1"')
    part.write(b"+half")
    assert part.finish().read_bytes() == b"half+half"
    part.close()


def test_without_a_version_it_begins_anew(tmp_path: Path) -> None:
    left_behind(tmp_path)
    part = Part(tmp_path, ".x.part")
    assert part.size == 0
    assert part.path.read_bytes() == b""
    part.close()


def test_two_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    first = Part(tmp_path, ".x.part")
    second = Part(tmp_path, ".x.part", etag='"v1"')
    first.write(b"first")
    second.write(b"second")
    assert first.path != second.path
    assert (second.size, second.etag) == (6, "")
    assert (first.finish().read_bytes(), second.finish().read_bytes()) == (b"first", b"second")
    second.discard()
    first.close()
    assert list(tmp_path.iterdir()) == [first.path]


def test_a_part_that_its_owner_has_just_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".x.part").write_bytes(b"theirs")
    opened = os.open

    def open_and_lose(path: object, *rest: int) -> int:
        handle = opened(path, *rest)  # type: ignore[arg-type]
        if str(path).endswith(".x.part"):
            (tmp_path / ".x.part").rename(tmp_path / "fog.mp4")
        return handle

    monkeypatch.setattr(os, "open", open_and_lose)
    part = Part(tmp_path, ".x.part", etag='"v1"')
    part.write(b"ours")
    part.close()
    assert (tmp_path / "fog.mp4").read_bytes() == b"theirs"


def test_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    part = Part(tmp_path, ".x.part")
    part._file.close()
    part._file = open("/dev/full", "wb+", buffering=0)  # noqa: SIM115
    with pytest.raises(OutputError, match="no space left on device"):
        part.write(b"x")
    part.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        Part(tmp_path / "absent", ".x.part")


def test_others_may_read_a_result(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        part = Part(tmp_path, ".x.part")
        other = Part(tmp_path, ".x.part")
    finally:
        os.umask(old)
    assert {p.path.stat().st_mode & 0o777 for p in (part, other)} == {0o644}
    part.close()
    other.close()
