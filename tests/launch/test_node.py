"""What leads programs of node: the variables, and a node that takes them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bytespike_cli.launch import node
from bytespike_cli.launch.run import TOKEN_PREFIX

ORIGIN = "http://127.0.0.1:1234"


def test_the_users_own_options_are_kept() -> None:
    led = node.leading({"NODE_OPTIONS": "--no-warnings"}, ORIGIN)
    assert led["NODE_OPTIONS"].startswith("--no-warnings --require=")
    assert led["BYTESPIKE_LED_TO"] == ORIGIN
    assert node.leading({}, ORIGIN)["NODE_OPTIONS"].startswith("--require=")


def test_the_script_knows_a_token_by_what_it_begins_with() -> None:
    assert TOKEN_PREFIX in (node.PRELOAD / "lead_fetch.cjs").read_text(encoding="utf-8")


def test_node_takes_any_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = shutil.which("node")
    if found is None and os.environ.get("CI"):
        pytest.fail("CI lacks node")
    if found is None:
        pytest.skip("needs node")
    odd = tmp_path / 'a "b" c\\d'
    shutil.copytree(node.PRELOAD, odd)
    monkeypatch.setattr(node, "PRELOAD", odd)
    done = subprocess.run(
        [found, "--print", "JSON.stringify(Object.keys(require.cache))"],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", **node.leading({}, ORIGIN)},
    )
    assert str(odd / "lead_fetch.cjs") in json.loads(done.stdout), done.stderr
