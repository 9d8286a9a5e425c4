import base64
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.direct.results import Saving, save
from bytespike_cli.direct.target import Target
from bytespike_cli.errors import ProtocolError
from bytespike_cli.sandbox import media
from bytespike_cli.wire.images import data_uri
from bytespike_cli.wire.task_state import Media

PNG = media.picture(64, 64, {})
MP4 = media.video(2, "16:9", {})
M4A = media.audio({})


def inline(content: bytes, kind: str = "image") -> Media:
    return Media(kind, base64=base64.b64encode(content).decode())


def saving(folder: Path, name: str = "", kind: str = "image", **rest: Any) -> Saving:
    return Saving(Target(folder, name), "a crane", kind, "bsp-1", {}, **rest)


def test_one(tmp_path: Path) -> None:
    (path,) = save([inline(PNG)], saving(tmp_path, "crane.png"))
    assert path == tmp_path / "crane.png"
    assert path.read_bytes() == PNG
    assert list(tmp_path.iterdir()) == [path]


def test_several_get_numbers(tmp_path: Path) -> None:
    paths = save([inline(PNG)] * 3, saving(tmp_path))
    assert [p.name for p in paths] == ["a-crane-1.png", "a-crane-2.png", "a-crane-3.png"]


def test_sound_goes_beside_its_video(tmp_path: Path) -> None:
    results = [Media("", url=data_uri("video/mp4", MP4)), inline(M4A, "audio")]
    paths = save(results, saving(tmp_path, "fog.mp4", "video"))
    assert [p.name for p in paths] == ["fog.mp4", "fog.m4a"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (inline(b"<html>"), "no image"),
        (inline(MP4), "no image"),
        (inline(PNG[:-20]), "not whole"),
        (Media("image", base64="!"), "not base64"),
        (Media("image", url="data:image/png,raw"), "not base64"),
    ],
)
def test_what_is_not_what_it_should_be(tmp_path: Path, item: Media, words: str) -> None:
    with pytest.raises(ProtocolError, match=words):
        save([item], saving(tmp_path, "crane.png"))
    assert list(tmp_path.iterdir()) == [], "nothing is left"


def test_force(tmp_path: Path) -> None:
    (tmp_path / "crane.png").write_bytes(b"old")
    save([inline(PNG)], saving(tmp_path, "crane.png", force=True))
    assert (tmp_path / "crane.png").read_bytes() == PNG
