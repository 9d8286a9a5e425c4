"""Addresses of result files."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from bytespike_cli.sandbox.assets import LIFE_S, Asset, Assets

NOW = 1_790_000_000.0


@pytest.mark.parametrize("life", list(LIFE_S))
def test_an_address_is_signed_and_expires(life: str) -> None:
    now = [NOW]
    assets = Assets(lambda: now[0], lambda: life)
    asset = Asset("video", "veo-3.1", {"prompt": "a"}, seconds=4)
    url = urlsplit(assets.publish(asset, "task_01ABC"))
    query = dict(parse_qsl(url.query))
    assert url.path == "/cdn/multimodal/veo-3.1/2026-09-21/01ABC-0000.mp4"
    assert assets.find(url.path) is asset
    assert assets.is_signed(url.path, query)
    assert not assets.is_signed(url.path + "x", query)
    assert not assets.is_signed(url.path, query | {"expires": "9999999999"})
    assert not assets.is_signed(url.path, {})
    assert assets.is_past(query) == (life == "0s")
    now[0] += LIFE_S[life]
    assert assets.is_past(query)


def test_two_files_have_two_addresses() -> None:
    assets = Assets(lambda: NOW, lambda: "24h")
    picture = Asset("image", "nano-banana", {}, size=(8, 8))
    first, second = (assets.publish(picture, "img") for _ in range(2))
    assert first != second
    assert first.startswith("/cdn/img/img-0000.png?")


def test_files_are_the_same_each_time() -> None:
    for asset in (
        Asset("video", "veo-3.1", {}, seconds=4),
        Asset("audio", "veo3.1", {}),
        Asset("image", "nano-banana", {}, size=(8, 8)),
    ):
        assert asset.content() == asset.content()
