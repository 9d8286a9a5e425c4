import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.gateway import images
from bytespike_cli.sandbox.media import picture
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.wire.images import ImageAnswer
from tests.cli.conftest import Cli
from tests.cli.media import at
from tests.conftest import MakeSandbox


@pytest.fixture
def draw(cli: Cli, sandbox: SandboxServer) -> Cli:
    return at(cli, sandbox)


def assert_pictures(cli: Cli, *names: str) -> None:
    import av

    assert sorted(p.name for p in cli.cwd.iterdir() if p.name != "in.png") == sorted(names)
    for name in names:
        with av.open(io.BytesIO((cli.cwd / name).read_bytes()), mode="r") as container:
            assert next(container.decode(video=0)).width > 0


def test_an_image(draw: Cli) -> None:
    result = draw("image", "a paper crane", "-o", "crane.png")
    assert (result.status, result.out) == (0, "crane.png\n"), result.err
    assert "nano-banana" in result.err
    assert_pictures(draw, "crane.png")


def test_several(draw: Cli) -> None:
    result = draw("image", "Four seasons", "-n", "3", "--json")
    assert [Path(p).name for p in json.loads(result.out)["files"]] == [
        "four-seasons-1.png", "four-seasons-2.png", "four-seasons-3.png",
    ]  # fmt: skip
    assert_pictures(draw, "four-seasons-1.png", "four-seasons-2.png", "four-seasons-3.png")


@pytest.mark.parametrize("answer", ["asked", "url", "b64"])
@pytest.mark.parametrize("models", ["endpoint", "inline"])
def test_every_dialect(cli: Cli, make_sandbox: MakeSandbox, answer: str, models: str) -> None:
    sandbox = make_sandbox(dialects={"image-answer": answer, "image-models": models})
    result = at(cli, sandbox)("image", "a crane", "-n", "2", "-o", "crane.png")
    assert result.status == 0, result.err
    assert_pictures(cli, "crane-1.png", "crane-2.png")


def test_a_series_that_breaks_off_keeps_what_is_paid(cli: Cli, make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["generate/blocked@2"], dialects={"image-models": "inline"})
    result = at(cli, sandbox)("image", "a crane", "-n", "3", "-o", "crane.png", "--json")
    assert result.status == 1
    assert json.loads(result.out)["files"] == [str(cli.cwd / "crane.png")]
    error = json.loads(result.err)["error"]
    assert "safety rules" in error["message"]
    assert error["detail"].endswith("; kept: crane.png")
    assert_pictures(cli, "crane.png")


def test_ctrl_c_in_a_series_keeps_what_is_paid(
    cli: Cli, make_sandbox: MakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, asked = images.generate_inline, []

    def interrupted(*args: Any) -> ImageAnswer:
        asked.append(args)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return ask(*args)

    monkeypatch.setattr(images, "generate_inline", interrupted)
    draw = at(cli, make_sandbox(dialects={"image-models": "inline"}))
    result = draw("image", "a crane", "-n", "4", "-o", "crane.png")
    assert (result.status, result.out) == (130, "crane-1.png\ncrane-2.png\n")
    assert "kept: crane-1.png, crane-2.png" in result.err
    assert_pictures(cli, "crane-1.png", "crane-2.png")


def test_ctrl_c_before_the_first_picture_has_nothing_to_keep(
    cli: Cli, make_sandbox: MakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> ImageAnswer:
        raise KeyboardInterrupt

    monkeypatch.setattr(images, "generate_inline", interrupted)
    draw = at(cli, make_sandbox(dialects={"image-models": "inline"}))
    result = draw("image", "a crane", "-n", "4", "-o", "crane.png")
    assert (result.status, result.out) == (130, "")
    assert result.err.endswith("\nerror: Interrupted.\n")
    assert_pictures(cli)


@pytest.mark.parametrize("edits", ["multipart", "json", "absent"])
def test_an_edit(cli: Cli, make_sandbox: MakeSandbox, edits: str) -> None:
    sandbox = make_sandbox(dialects={"image-edits": edits})
    at(cli, sandbox).cwd.joinpath("in.png").write_bytes(picture(64, 64, {}))
    result = cli("image", "in red", "--image", "in.png", "-o", "red.png")
    assert result.status == 0, result.err
    assert_pictures(cli, "red.png")
    bodies = [r.body for r in sandbox.state.journal if isinstance(r.body, dict)]
    sent = next(b["source_image"] for b in bodies if "source_image" in b)
    assert base64.b64decode(sent.partition(",")[2]) == picture(64, 64, {})


@pytest.mark.parametrize("result", ["output", "result", "url"])
def test_as_a_task(cli: Cli, make_sandbox: MakeSandbox, result: str) -> None:
    sandbox = make_sandbox(dialects={"task-result": result})
    ran = at(cli, sandbox)("image", "a crane", "--async", "-n", "2", "-o", "crane.png")
    assert ran.out.split() == ["crane-1.png", "crane-2.png"], ran.err
    assert_pictures(cli, "crane-1.png", "crane-2.png")
    assert len(sandbox.state.tasks.billed) == 1


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (["image"], 2, "no prompt"),
        (["image", "x", "-m", "veo-3.1"], 2, "makes no images"),
        (["image", "x", "--no-wait"], 2, "--async"),
        (["image", "x", "-n", "9"], 1, "n must be"),
        (["image", "x", "--max-cost", "0.001"], 7, "above --max-cost"),
    ],
)
def test_what_is_wrong(draw: Cli, args: list[str], status: int, words: str) -> None:
    result = draw(*args)
    assert (result.status, result.out) == (status, "")
    assert words in result.err


def test_what_is_paid_and_cannot_be_fetched_is_told(draw: Cli, sandbox: SandboxServer) -> None:
    sandbox.state.set_faults(["download/overloaded"])
    result = draw("image", "a crane")
    assert result.status == 10
    assert "it is paid, and can be fetched for 24 hours: http" in result.err
