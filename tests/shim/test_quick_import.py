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
import ssl
whole = ssl.create_default_context
from bytespike_cli.shim.quick_import import import_aiohttp
import_aiohttp()
from aiohttp import connector
context = connector._SSL_CONTEXT_VERIFIED
print(ssl.create_default_context is whole, len(context.get_ca_certs()), context.verify_mode.name)
import_aiohttp()
print(ssl.create_default_context is whole)
"""
ASK = """
import os, urllib.request
base = os.environ["GOOGLE_GEMINI_BASE_URL"]
with urllib.request.urlopen(f"{base}/v1beta/models?key={os.environ['GEMINI_API_KEY']}") as answer:
    print(answer.read().decode())
"""


def test_ssl_is_as_before_and_aiohttp_s_own_context_trusts_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.split() == ["True", "0", "CERT_REQUIRED", "True"], done.stderr


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
