import pytest

from bytespike_cli.cli.app import App
from bytespike_cli.cli.media_options import read_extra, read_image, read_prompt, size_words
from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.media import picture
from tests.conftest import MakeEnv


def test_extra_is_json_where_it_is() -> None:
    pairs = ["n=2", "hd=true", "style=noir", "list=[1]", "empty=", "eq=a=b", 'quoted="7"']
    assert read_extra(pairs) == {
        "n": 2, "hd": True, "style": "noir", "list": [1], "empty": "", "eq": "a=b", "quoted": "7",
    }  # fmt: skip


@pytest.mark.parametrize("pair", ["nonsense", "=x", "model=m", "out_task_id=x", "params={}"])
def test_what_is_no_extra(pair: str) -> None:
    with pytest.raises(UsageError):
        read_extra([pair])


def test_prompts() -> None:
    assert read_prompt(["fog", "over a lake "]) == "fog over a lake"
    with pytest.raises(UsageError):
        read_prompt([" "])


def test_pictures(make_env: MakeEnv) -> None:
    env = make_env()
    (env.cwd / "in.png").write_bytes(picture(64, 64, {}))
    (env.cwd / "no.png").write_bytes(b"\x00\x01 nonsense")
    app = App(env)
    assert read_image(app, None) == ""
    assert read_image(app, "https://x/i.png") == "https://x/i.png"
    assert read_image(app, "in.png").startswith("data:image/png;base64,")
    with pytest.raises(UsageError, match="no picture"):
        read_image(app, "no.png")


def test_sizes() -> None:
    assert [size_words(n) for n in (12, 3300, 2_500_000)] == ["12 bytes", "3.3 kB", "2.5 MB"]
