import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.cli.conftest import Cli
from tests.conftest import MakeSandbox

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def ask(cli: Cli, sandbox: SandboxServer) -> Cli:
    return at(cli, sandbox)


def at(cli: Cli, server: SandboxServer, key: str = GEMINI_KEY) -> Cli:
    cli.variables = {"BYTESPIKE_API_KEY": key, "BYTESPIKE_BASE_URL": server.origin}
    return cli


def prompt_seen(server: SandboxServer) -> str:
    parts = server.state.journal[-1].body["contents"][-1]["parts"]
    return str(parts[-1]["text"])


def test_words_to_stdout_and_nothing_else_anywhere(ask: Cli) -> None:
    result = ask("generate", "say", "hi")
    assert result.status == 0
    assert result.out == "Hi! This is gemini-3-5-flash in the ByteSpike sandbox.\n"
    assert result.err == ""


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_both_ways_say_the_same(ask: Cli, sandbox: SandboxServer, stream: str) -> None:
    assert ask("generate", stream, "count to 5").out == "1 2 3 4 5\n"
    method = "streamGenerateContent" if stream == "--stream" else "generateContent"
    assert sandbox.state.journal[-1].path.endswith(f":{method}")


@pytest.mark.parametrize("model", ["gemini-3-1-pro", "gemini-3.1-pro", "pro"])
def test_model_as_a_user_spells_it(ask: Cli, model: str) -> None:
    assert "gemini-3-1-pro" in ask("generate", "-m", model, "say hi").out


def test_json_is_one_document(ask: Cli) -> None:
    document = json.loads(ask("generate", "--json", "say hi").out)
    assert document["candidates"][0]["finishReason"] == "STOP"


def test_json_of_a_stream_is_one_chunk_a_line(ask: Cli) -> None:
    lines = ask("generate", "--json", "--stream", "count to 5").out.splitlines()
    texts = [json.loads(line)["candidates"][0]["content"]["parts"][0]["text"] for line in lines]
    assert "".join(texts) == "1 2 3 4 5"
    assert len(texts) == 5


def test_a_model_may_write_of_keys(ask: Cli) -> None:
    words = "repeat: x-api-key: YOUR_KEY and AIzaNotReallyAKey"
    assert ask("generate", words).out == words.removeprefix("repeat: ") + "\n"


def test_but_never_of_ours(ask: Cli) -> None:
    result = ask("generate", "--json", f"repeat: {GEMINI_KEY}")
    assert result.status == 0
    assert GEMINI_KEY not in result.out + result.err


@pytest.mark.parametrize(
    ("args", "piped", "seen"),
    [
        (["explain"], "a\nb\n", "explain\n\na\nb"),
        ([], "only this\n", "only this"),
        (["translate:", "-"], "hello\n", "translate: hello"),
    ],
)
def test_what_is_piped_in(
    ask: Cli, sandbox: SandboxServer, args: list[str], piped: str, seen: str
) -> None:
    assert ask("generate", *args, stdin=piped).status == 0
    assert prompt_seen(sandbox) == seen


def test_a_terminal_is_not_read(ask: Cli, sandbox: SandboxServer) -> None:
    assert ask("generate", "say hi", stdin="typed ahead", terminal=True).status == 0
    assert prompt_seen(sandbox) == "say hi"


@pytest.mark.parametrize("args", [[], [""], ["  "], ["-"]])
def test_a_prompt_of_nothing_is_usage(ask: Cli, sandbox: SandboxServer, args: list[str]) -> None:
    result = ask("generate", *args)
    assert (result.status, result.out) == (2, "")
    assert "no prompt" in result.err
    assert len(list(sandbox.state.journal)) == 0


def test_options_reach_the_request(ask: Cli, sandbox: SandboxServer) -> None:
    (ask.root / "home" / "project").mkdir(parents=True)
    (ask.cwd / "schema.json").write_text('{"type": "object", "required": []}')
    result = ask(
        "generate", "hi", "--system", "be brief", "--max-tokens", "100", "--temperature", "0.5",
        "--schema", "schema.json",
    )  # fmt: skip
    assert result.status == 0
    json.loads(result.out)
    body = sandbox.state.journal[-1].body
    assert body["systemInstruction"] == {"parts": [{"text": "be brief"}]}
    assert body["generationConfig"] == {
        "maxOutputTokens": 100,
        "temperature": 0.5,
        "responseMimeType": "application/json",
        "responseSchema": {"type": "object", "required": []},
    }


def test_files(ask: Cli, sandbox: SandboxServer) -> None:
    ask.cwd.mkdir(parents=True)
    (ask.cwd / "a.png").write_bytes(PNG)
    (ask.cwd / "notes.md").write_text("# Notes")
    result = ask("generate", "what?", "--file", "a.png", "--file", "notes.md")
    assert "image/png" in result.out
    parts = sandbox.state.journal[-1].body["contents"][0]["parts"]
    assert [next(iter(part)) for part in parts] == ["inlineData", "text", "text"]
    assert ask("generate", "--file", "notes.md").status == 0, "a file needs no words"


def test_a_file_from_stdin(ask: Cli, sandbox: SandboxServer) -> None:
    assert ask("generate", "what?", "--file", "-", stdin="some text").status == 0
    parts = sandbox.state.journal[-1].body["contents"][0]["parts"]
    assert parts[0]["text"] == "File stdin:\n\nsome text"
    assert parts[1]["text"] == "what?"


def test_an_unreadable_file_is_named(ask: Cli, sandbox: SandboxServer) -> None:
    result = ask("generate", "what?", "--file", "there.png", "--file", "gone.png")
    assert result.status == 2
    assert "there.png" in result.err
    assert len(list(sandbox.state.journal)) == 0


def test_verbose(ask: Cli) -> None:
    result = ask("generate", "-v", "--stream", "say hi")
    assert result.out.startswith("Hi!")
    assert "model: gemini-3-5-flash" in result.err
    assert "quota: $" in result.err
    assert "(before this answer)" in result.err
    assert "first text after" in result.err


def test_verbose_tells_of_retries(cli: Cli, make_sandbox: MakeSandbox) -> None:
    result = at(cli, make_sandbox(faults=["unavailable@1"]))("generate", "-v", "say hi")
    assert result.status == 0
    assert "503" in result.err
    assert "trying again in 1 s" in result.err


def test_a_cut_by_the_limit_is_noted(ask: Cli) -> None:
    result = ask("generate", "--max-tokens", "3", "count to 9")
    assert (result.status, result.out) == (0, "1 2 3\n")
    assert "--max-tokens" in result.err


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_a_blocked_prompt(cli: Cli, make_sandbox: MakeSandbox, stream: str) -> None:
    result = at(cli, make_sandbox(faults=["blocked-prompt"]))("generate", stream, "say hi")
    assert (result.status, result.out) == (1, "")
    assert "SAFETY" in result.err


def test_a_broken_stream_keeps_what_came(cli: Cli, make_sandbox: MakeSandbox) -> None:
    result = at(cli, make_sandbox(faults=["cut:3"]))("generate", "--stream", "count to 9")
    assert (result.status, result.out) == (11, "1 2 3\n")
    assert "part above is all that came" in result.err


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("sk-byts-sandbox-expired-0001", 4),
        ("sk-byts-not-a-key", 4),
        ("sk-byts-sandbox-blocked-0001", 5),
        ("sk-byts-sandbox-claude-0001", 6),
        ("sk-byts-sandbox-quota-0001", 7),
        ("sk-byts-sandbox-wallet-0001", 7),
        ("sk-byts-sandbox-capped-0001", 8),
    ],
)
def test_each_refusal_has_its_status_and_fix(
    cli: Cli, sandbox: SandboxServer, key: str, status: int
) -> None:
    result = at(cli, sandbox, key)("generate", "-m", "gemini-3-flash", "hi")
    assert (result.status, result.out) == (status, "")
    assert "fix:" in result.err


def test_errors_as_json(cli: Cli, sandbox: SandboxServer) -> None:
    run = at(cli, sandbox)
    result = run("generate", "--json", "-m", "gemini-9", "hi")
    error = json.loads(result.err)["error"]
    assert (error["kind"], error["exit_status"], result.out) == ("UnknownModelError", 6, "")


def test_a_catalogue_out_of_date_is_not_blamed_on_the_user(
    cli: Cli, make_sandbox: MakeSandbox
) -> None:
    run = at(cli, make_sandbox(faults=["unknown-model@2"]))
    assert run("generate", "say hi").status == 0
    result = run("generate", "say hi")
    assert result.status == 6
    assert "bytespike models" in result.err


def test_no_key(cli: Cli) -> None:
    result = cli("generate", "hi")
    assert result.status == 3
    assert "bytespike login" in result.err


def test_nobody_there(cli: Cli) -> None:
    cli.variables = {
        "BYTESPIKE_API_KEY": "sk-byts-x-0001", "BYTESPIKE_BASE_URL": "http://127.0.0.1:1"
    }  # fmt: skip
    result = cli("generate", "hi")
    assert result.status == 9
    assert "Nothing answers at http://127.0.0.1:1." in result.err


def test_curl_sends_nothing_and_names_the_variable(ask: Cli, sandbox: SandboxServer) -> None:
    ask.cwd.mkdir(parents=True)
    (ask.cwd / "a.png").write_bytes(PNG)
    result = ask("generate", "--curl", "-m", "gemini-3.1-pro", "it's", "--file", "a.png")
    assert result.status == 0
    assert '"x-goog-api-key: $GEMINI_API_KEY"' in result.out
    assert "/v1beta/models/gemini-3-1-pro:generateContent" in result.out
    assert "base64 < a.png" in result.out
    assert GEMINI_KEY not in result.out
    assert len(list(sandbox.state.journal)) == 0


def test_curl_of_a_stream_without_a_key(cli: Cli) -> None:
    result = cli("generate", "--curl", "--stream", "-m", "gemini-3-1-pro", "hi")
    assert result.status == 0
    assert "curl -sSN 'https://llm.bytespike.ai/v1beta/" in result.out
    assert "alt=sse'" in result.out


def test_help_has_examples(cli: Cli) -> None:
    result = cli("generate", "--help")
    assert result.status == 0
    assert "git diff | bytespike generate" in result.out


def test_ctrl_c_ends_the_request_at_once(make_sandbox: MakeSandbox, tmp_path: Path) -> None:
    # The stream falls silent after two words: only the signal can end the process.
    server = make_sandbox(faults=["stall:2"])
    env = {
        "PATH": os.environ["PATH"],
        "BYTESPIKE_CONFIG_DIR": str(tmp_path),
        "BYTESPIKE_API_KEY": GEMINI_KEY,
        "BYTESPIKE_BASE_URL": server.origin,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "bytespike_cli", "generate", "--stream", "count to 999"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(3) == b"1 2"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (out, err.strip()) == (b"\n", b"error: Interrupted.")
    assert server.state.journal.wait_for(lambda journal: journal[-1].aborted)
