"""What is left out when aiohttp is imported: certificates that are not used, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.tls import AUTHORITY
from tests.conftest import MakeSandbox

LOOK = """
import gc, ssl
before = dict(vars(ssl.SSLContext))
from bytespike_cli.shim.quick_import import quick_imports
for _ in range(2):
    with quick_imports():
        print(gc.isenabled())
    print(gc.isenabled())
from aiohttp import connector
own = connector._SSL_CONTEXT_VERIFIED, connector._SSL_CONTEXT_UNVERIFIED
print(*(len(context.get_ca_certs()) for context in own), own[0].verify_mode.name)
print(dict(vars(ssl.SSLContext)) == before, len(ssl.create_default_context().get_ca_certs()))
"""
ASK = """
import os, urllib.request
base = os.environ["GOOGLE_GEMINI_BASE_URL"]
with urllib.request.urlopen(f"{base}/v1beta/models?key={os.environ['GEMINI_API_KEY']}") as answer:
    print(answer.read().decode())
"""


def test_all_is_as_before_and_aiohttp_s_own_contexts_trust_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={"SSL_CERT_FILE": str(AUTHORITY), "SSL_CERT_DIR": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    collects, contexts, ssl_itself = (
        ["False", "True"] * 2,
        ["0", "0", "CERT_REQUIRED"],
        ["True", "1"],
    )
    assert done.stdout.split() == [*collects, *contexts, *ssl_itself], done.stderr


@pytest.mark.parametrize("trusted", [True, False])
def test_a_launch_trusts_what_the_system_does(
    make_sandbox: MakeSandbox, tmp_path: Path, trusted: bool
) -> None:
    sandbox = make_sandbox(faults=["tls"])
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "BYTESPIKE_CONFIG_DIR": str(tmp_path / "bytespike"),
        "BYTESPIKE_API_KEY": GEMINI_KEY,
        "BYTESPIKE_BASE_URL": sandbox.origin,
        **({"SSL_CERT_FILE": str(AUTHORITY)} if trusted else {}),
    }
    command = ["bytespike", "exec", "--client", "generic", "--", sys.executable, "-c", ASK]
    done = subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ("models/gemini-3-flash" in done.stdout) is trusted, done.stderr
    if not trusted:
        assert done.returncode != 0


def test_a_shim_starts_without_what_only_media_need() -> None:
    """Imports, and not times, which are those of the machine."""
    code = "import sys, bytespike_cli.shim.service.serve; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    unwanted = {
        "sqlite3",
        "httpx",
        "rich",
        "bytespike_cli.shim.videos",
        "bytespike_cli.wire.images",
    }
    assert unwanted.isdisjoint(done.stdout.split())
    assert "aiohttp" in done.stdout.split()
