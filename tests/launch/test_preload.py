"""The scripts that node loads before a client: tried with a real node."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from bytespike_cli.launch import jsonc

PRELOAD = Path(__file__).parents[2] / "bytespike_cli" / "launch" / "preload"

READ = "process.stdout.write(require('node:fs').readFileSync(process.argv[1], 'utf-8'))"
WRITE = """
const fs = require('node:fs');
const text = fs.readFileSync(process.argv[1], 'utf-8');
fs.writeFileSync(process.argv[1], text.replace('{', '{ "ui": {}, '), 'utf-8');
"""


def node() -> str:
    found = shutil.which("node")
    if found is None and os.environ.get("CI"):
        pytest.fail("CI lacks node")
    if found is None:
        pytest.skip("needs node")
    return found


def run(script: str, preload: str, *arguments: str, **variables: str) -> str:
    done = subprocess.run(
        [node(), "--require", str(PRELOAD / preload), "--eval", script, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", **variables},
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(
    "text",
    [
        '{"security": {"auth": {"selectedType": "oauth-personal"}}}',
        '{ // "selectedType": "gemini-api-key"\n"security": {"auth": {"selectedType":"x"}}}',
        '{"security": {"auth": {"selected\\u0054ype": "oauth-personal"}}}',
        '{"a": [1, {"selectedType": "x"}, []], "security": {"auth": {"selectedType": "y"}}}',
        '{"selectedType": "z", "security": {/* " */ "auth": {"selectedType": "y", "b": null}}}',
        '{"security": {"auth": {"selectedType": "a", "selectedType": "b"}}}',
    ],
)
def test_the_choice_is_read_as_ours_and_written_back_as_theirs(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    pinned = {"BYTESPIKE_PINNED_SETTINGS": str(file)}

    shown = jsonc.parse(run(READ, "pin_auth.cjs", str(file), **pinned))
    original = jsonc.parse(text)
    assert shown["security"]["auth"]["selectedType"] == "gemini-api-key"
    shown["security"]["auth"]["selectedType"] = original["security"]["auth"]["selectedType"]
    assert shown == original
    run(WRITE, "pin_auth.cjs", str(file), **pinned)
    assert jsonc.parse(file.read_text()) == {**original, "ui": {}}


@pytest.mark.parametrize("text", ["{}", '{"security": {}}', "not json", ""])
def test_a_file_without_a_choice_is_read_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    shown = run(READ, "pin_auth.cjs", str(file), BYTESPIKE_PINNED_SETTINGS=str(file))
    assert shown == text


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"security": {"auth": {"selectedType": "oauth-personal"}}}))
    shown = run(READ, "pin_auth.cjs", str(file), BYTESPIKE_PINNED_SETTINGS=str(tmp_path / "x"))
    assert shown == file.read_text()


@pytest.mark.parametrize(("again", "status"), [("process.exit(7)", 7), ("", 0)])
def test_a_client_that_wants_to_start_again_does(tmp_path: Path, again: str, status: int) -> None:
    """It ends with 199 once; the second start decides."""
    script = tmp_path / "client.js"
    script.write_text(
        f"""
        const fs = require('node:fs');
        fs.appendFileSync({json.dumps(str(tmp_path / "starts"))}, process.argv.slice(2) + '\\n');
        if (!fs.existsSync({json.dumps(str(tmp_path / "mark"))})) {{
          fs.writeFileSync({json.dumps(str(tmp_path / "mark"))}, '');
          process.exit(199);
        }}
        {again}
        """
    )
    done = subprocess.run(
        [node(), "--require", str(PRELOAD / "relaunch.cjs"), str(script), "-p", "hi"], timeout=60
    )
    assert done.returncode == status
    assert (tmp_path / "starts").read_text() == "-p,hi\n-p,hi\n"


def test_any_other_end_is_the_clients_own() -> None:
    command = [node(), "--require", str(PRELOAD / "relaunch.cjs"), "--eval", "process.exit(5)"]
    assert subprocess.run(command, timeout=60).returncode == 5


GOOGLE = "https://generativelanguage.googleapis.com"
SHIM = "http://127.0.0.1:1234"
TOKEN = "bytespike-session-abc"
LED = """
const seen = [];
const key = (headers) => new Headers(headers).get('x-goog-api-key');
globalThis.fetch = async (input, init = {}) => seen.push(input instanceof Request
  ? [input.url, input.method, await input.text(), key(input.headers)]
  : [String(input), init.method ?? 'GET', init.body ?? '', key(init.headers)]);
require(process.argv[1]);
const made = { text: (url) => url, url: (url) => new URL(url) };
(async () => {
  for (const [as, url, init] of JSON.parse(process.argv[2])) {
    await (as === 'request' ? fetch(new Request(url, init)) : fetch(made[as](url), init));
  }
  process.stdout.write(JSON.stringify(seen));
})();
"""
"""Calls `fetch` with a table of arguments, and prints what the real one would have been given."""


def led(*calls: tuple[str, str, Mapping[str, object]], shim: str = SHIM) -> list[list[object]]:
    done = subprocess.run(
        [node(), "--eval", LED, str(PRELOAD / "lead_fetch.cjs"), json.dumps(calls)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "BYTESPIKE_LED_TO": shim},
    )
    assert done.stderr == ""
    asked: list[list[object]] = json.loads(done.stdout)
    return asked


def test_a_call_to_google_with_the_token_is_led_to_the_shim() -> None:
    path = "/v1beta/models/m:streamGenerateContent?alt=sse"
    header = {"method": "POST", "body": "hi", "headers": {"x-goog-api-key": TOKEN}}
    bearer = {"headers": {"Authorization": f"Bearer {TOKEN}"}}
    assert led(
        ("text", GOOGLE + path, header),
        ("url", GOOGLE + path, header),
        ("request", GOOGLE + path, header),
        ("text", f"{GOOGLE}/v1beta/models?key={TOKEN}", {}),
        ("text", f"{GOOGLE}/v1beta/models", bearer),
    ) == [
        *[[SHIM + path, "POST", "hi", TOKEN]] * 3,
        [f"{SHIM}/v1beta/models?key={TOKEN}", "GET", "", None],
        [f"{SHIM}/v1beta/models", "GET", "", None],
    ]


def test_any_other_call_is_left_as_it_is() -> None:
    mine = {"method": "POST", "body": "hi", "headers": {"x-goog-api-key": "AIza-of-the-user"}}
    token = {**mine, "headers": {"x-goog-api-key": TOKEN}}
    path = "/v1beta/models/m:generateContent"
    calls = [
        ("text", GOOGLE + path, mine),
        ("request", GOOGLE + path, mine),
        ("text", f"{GOOGLE}/v1beta/models?key=AIza-of-the-user", {}),
        ("text", f"{GOOGLE}.example.org{path}", token),
        ("text", f"https://example.org/?of={GOOGLE}/", token),
    ]
    asked = led(*calls)
    assert [url for url, *_ in asked] == [url for _, url, _ in calls]
    assert led(("text", GOOGLE + path, token), shim="")[0][0] == GOOGLE + path
