"""Plays a scenario: a sandbox, a user of its own, and the whole doctor, all in this process."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from bytespike_cli.config import catalogue
from bytespike_cli.config.keystore import KeyStore
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.config.reach import unopened
from bytespike_cli.constants import VAR_API_KEY, VAR_BASE_URL, VAR_CONFIG_DIR
from bytespike_cli.context import Environment
from bytespike_cli.doctor import shim_trip
from bytespike_cli.doctor.case import Case
from bytespike_cli.doctor.finding import Verdict
from bytespike_cli.doctor.registry import select
from bytespike_cli.doctor.runner import run
from bytespike_cli.doctor.verdict import Diagnosis, diagnose
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.server import running
from bytespike_cli.sandbox.tls import AUTHORITY
from tests.doctor.corpus.scenarios import Scenario
from tests.doctor.servers import answer, serving, silent

TRUST = "SSL_CERT_FILE"


def play(scenario: Scenario, root: Path) -> Diagnosis:
    """Return what the doctor makes of a scenario; `root` is an empty folder for its files."""
    config = SandboxConfig(
        now=time.time,
        faults=scenario.faults,
        dialects=scenario.dialects,
        word_delay_ms=scenario.word_delay_ms,
    )
    with ExitStack() as stack:
        sandbox = stack.enter_context(running(config))
        hole = stack.enter_context(silent()) if "{silent}" in scenario.origin else 0
        env = _environment(scenario, root, sandbox.origin, hole)
        _remember(env, scenario.seen)
        if scenario.caught:
            stack.enter_context(_caught())
        stack.enter_context(_trusting(env.variables.get(TRUST, "")))
        case = stack.enter_context(
            Case(
                env,
                lambda: resolve_settings(env),
                client=scenario.client,
                billable=scenario.billable,
                timeout_s=scenario.timeout_s,
            )
        )
        selection = select(scenario.words, client=scenario.client, billable=scenario.billable)
        return diagnose(list(run(selection.checks, case)))


@contextmanager
def _trusting(file: str) -> Iterator[None]:
    """Have OpenSSL trust a file: it reads the variables of the process, whoever asks it."""
    before = os.environ.get(TRUST)
    os.environ.update({TRUST: file} if file else {})
    try:
        yield
    finally:
        os.environ.pop(TRUST, None)
        os.environ.update({TRUST: before} if before is not None else {})


@contextmanager
def _caught() -> Iterator[None]:
    """Lead what is meant for a shim on loopback to a page."""
    ask = shim_trip._get
    page = answer("502 Bad Gateway", "<html>", content_type="text/html")
    with (
        serving(page) as port,
        patch.object(shim_trip, "_get", lambda _, token, timeout_s: ask(port, token, timeout_s)),
    ):
        yield


def alarms(diagnosis: Diagnosis) -> list[str]:
    """Return the ids of what is not as it should be."""
    quiet = (Verdict.OK, Verdict.INFO)
    return [finding.id for finding in diagnosis.findings if finding.verdict not in quiet]


def _remember(env: Environment, seen: Mapping[str, Sequence[str]]) -> None:
    for key in KeyStore(env).keys() if seen else ():
        if key.name in seen:
            catalogue.save(env, unopened(env, key), seen[key.name])


def _environment(scenario: Scenario, root: Path, origin: str, hole: int) -> Environment:
    home, cwd, ours, path = (root / name for name in ("home", "home/project", "config", "bin"))
    words = {
        "{origin}": origin,
        "{port}": str(urlsplit(origin).port),
        "{silent}": str(hole),
        "{authority}": str(AUTHORITY),
        "{bin}": str(path),
        "{home}": str(home),
    }
    for folder in (cwd, ours, path):
        folder.mkdir(parents=True)
    ours.chmod(0o700)
    for name, text in scenario.files.items():
        head, _, rest = name.partition("/")
        file = {"config": ours / rest, "cwd": cwd / rest}.get(head, home / name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_filled(text, words), encoding="utf-8")
        file.chmod(scenario.modes.get(name, 0o600))
    for name, version in scenario.programs.items():
        (path / name).write_text(_program(version, scenario.does.get(name, "")), encoding="utf-8")
        (path / name).chmod(0o755)
    variables = {
        VAR_CONFIG_DIR: str(ours),
        VAR_BASE_URL: scenario.origin,
        VAR_API_KEY: scenario.key,
        "PATH": str(path),
        **scenario.variables,
    }
    return Environment(
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        variables={name: _filled(v, words) for name, v in variables.items() if v},
        home=home,
        cwd=cwd,
    )


def _program(version: str, does: str) -> str:
    rest = f'case "$*" in --version) ;; *) {does}; exit;; esac\n' if does else ""
    return f"#!/bin/sh\n{rest}echo '{version}'\n"


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
