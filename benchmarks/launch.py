"""How long `gemini` takes, and `bytespike gemini` with the same arguments on the same upstream.

    python benchmarks/launch.py [--runs 11] [--gemini PATH]

Runs are paired and alternate, so that a busy machine is busy for both. The upstream is the sandbox,
without delays and without [DONE], on which the stock client would fail.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PINNED = ROOT / "tests" / "clients" / "node_modules" / "gemini-cli-newest" / "bundle" / "gemini.js"
KEY = "sk-byts-sandbox-gemini-0001"
CASES = (["--version"], ["-p", "say hi", "-m", "gemini-3-1-pro"], ["-p", "say hi"])


@contextlib.contextmanager
def sandbox() -> Iterator[str]:
    """Run a sandbox in a process of its own; yield its origin."""
    command = [sys.executable, "-m", "bytespike_cli", "sandbox", "serve", "--port", "0"]
    options = ["--dialect", "done=never", "--word-delay-ms", "0"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


def environments(origin: str, home: Path, gemini: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the environments for the stock client, set up by an expert, and for bytespike."""
    shared = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "GEMINI_CLI_TRUST_WORKSPACE": "true",
    }
    settings = home / ".gemini" / "settings.json"
    settings.parent.mkdir()
    auth = {"security": {"auth": {"selectedType": "gemini-api-key"}}}
    settings.write_text(json.dumps({**auth, "privacy": {"usageStatisticsEnabled": False}}))
    stock = {**shared, "GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": origin}
    ours = {
        **shared,
        "BYTESPIKE_CONFIG_DIR": str(home / "bytespike"),
        "BYTESPIKE_API_KEY": KEY,
        "BYTESPIKE_BASE_URL": origin,
        "BYTESPIKE_GEMINI_BIN": gemini,
    }
    return stock, ours


def run(command: list[str], environment: dict[str, str], folder: Path) -> tuple[float, int]:
    """Return the wall time of a run in seconds, and its exit status."""
    begin = time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=False)
    return time.perf_counter() - begin, done.returncode


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--gemini", default=shutil.which("gemini") or str(PINNED))
    given = parser.parse_args()
    bytespike = str(Path(sys.executable).with_name("bytespike"))
    print(f"median of {given.runs} paired runs, {given.gemini}\n")
    print(f"{'arguments':34}{'gemini':>9}{'bytespike gemini':>19}{'ratio':>8}{'status':>9}")
    with sandbox() as origin, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        stock, ours = environments(origin, home, given.gemini)
        for arguments in CASES:
            pairs = [
                (
                    run([given.gemini, *arguments], stock, home),
                    run([bytespike, "gemini", *arguments], ours, home),
                )
                for _ in range(given.runs)
            ]
            theirs = statistics.median(pair[0][0] for pair in pairs)
            mine = statistics.median(pair[1][0] for pair in pairs)
            ratio = statistics.median(pair[1][0] / pair[0][0] for pair in pairs)
            statuses = f"{pairs[-1][0][1]}/{pairs[-1][1][1]}"
            words = " ".join(arguments)
            print(f"{words:34}{theirs:8.2f}s{mine:18.2f}s{ratio:8.2f}{statuses:>9}")


if __name__ == "__main__":
    main()
