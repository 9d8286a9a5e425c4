import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.direct.attachments import load
from bytespike_cli.direct.curl import MAX_ARGUMENT_CHARACTERS, command, reference
from bytespike_cli.direct.request import build_body, user_turn
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer

MODEL = "gemini-3-flash"
NASTY = (
    "it's $HOME `id` \\ \\n \"q\" !! %s %% * ? ~ # & | ; < > ( ) { } [ ] \t\r\n\x07\x1b é 漢 🦀 '"
)

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("bash") is None, reason="needs curl and bash"
)


def paste(line: str, folder: Path, *, shell: str = "bash") -> str:
    """Run a command as a user would, by pasting it into a shell."""
    done = subprocess.run(
        [shell],
        input=line + "\n",
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "GEMINI_API_KEY": GEMINI_KEY},
        cwd=folder,
        timeout=60,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def received(server: SandboxServer) -> Any:
    record = server.state.journal[-1]
    assert (record.status, record.auth_form) == (200, "x-goog-api-key")
    return record.body


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("text", ["say hi", NASTY, "-", "@/etc/passwd"])
def test_what_is_pasted_arrives_as_it_was(
    text: str, stream: bool, sandbox: SandboxServer, tmp_path: Path
) -> None:
    body = build_body([user_turn(text)], system=NASTY)
    out = paste(command(sandbox.origin, MODEL, body, stream=stream), tmp_path)
    assert received(sandbox) == body
    assert out.startswith("data: {") if stream else json.loads(out)["candidates"]


def test_files_are_named_and_read_when_it_runs(sandbox: SandboxServer, tmp_path: Path) -> None:
    names = ['it\'s a "pic" $HOME `id`.png', "-dash é.pdf", "notes.txt"]
    contents = [b"\x89PNG\r\n\x1a\n" + os.urandom(150_000), b"%PDF-1.7" + os.urandom(99), b"it's"]
    for name, content in zip(names, contents, strict=True):
        (tmp_path / name).write_bytes(content)
    attachments = [load(tmp_path / name) for name in names]
    held, references = reference(attachments, names)
    assert [r.path for r in references] == names[:2]
    body = build_body([user_turn(NASTY, held)])
    line = command(sandbox.origin, MODEL, body, stream=False, references=references)
    assert len(line) < 3000
    assert "it sees" in paste(line, tmp_path).lower()
    record = sandbox.state.journal[-1]
    assert record.status == 200
    assert record.body_bytes > 200_000


def test_a_small_file_arrives_whole(sandbox: SandboxServer, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    attachment = load(tmp_path / "a.png")
    held, references = reference([attachment], ["a.png"])
    paste(
        command(
            sandbox.origin, MODEL, build_body([user_turn("?", held)]), stream=False,
            references=references,
        ),
        tmp_path,
    )  # fmt: skip
    assert received(sandbox) == build_body([user_turn("?", [attachment])])


def test_a_body_too_long_for_an_argument_is_piped(sandbox: SandboxServer, tmp_path: Path) -> None:
    body = build_body([user_turn("🦀 it's " * MAX_ARGUMENT_CHARACTERS)])
    line = command(sandbox.origin, MODEL, body, stream=False)
    assert "--data-binary @-" in line
    paste(line, tmp_path)
    assert sandbox.state.journal[-1].body_bytes == len(
        json.dumps(body, ensure_ascii=False).encode()
    )


def test_what_has_no_path_is_held() -> None:
    (held,), references = reference([load(Path(__file__))], [None])
    assert references == []
    assert "def test_what_has_no_path" in held.data


def test_the_key_is_a_variable() -> None:
    line = command("https://gateway.example", "a b", {}, stream=False)
    assert line.splitlines() == [
        "curl -sS 'https://gateway.example/v1beta/models/a%20b:generateContent' \\",
        '  -H "x-goog-api-key: $GEMINI_API_KEY" \\',
        "  -H 'content-type: application/json' \\",
        "  -d '{}'",
    ]
