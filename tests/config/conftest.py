"""What the tests of config/ share: a home of their own."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from bytespike_cli import redact
from bytespike_cli.context import Environment

NOW = 1_760_000_000.0


@pytest.fixture(autouse=True)
def _no_known_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_known", set())


@pytest.fixture
def new_env(tmp_path: Path) -> Callable[..., Environment]:
    """Return a maker of Environments: home, working folder and configuration in tmp_path."""

    def make(**variables: str) -> Environment:
        cwd = tmp_path / "home" / "project"
        cwd.mkdir(parents=True, exist_ok=True)
        return Environment(
            stdin=io.StringIO(),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
            variables={"BYTESPIKE_CONFIG_DIR": str(tmp_path / "config"), **variables},
            home=tmp_path / "home",
            cwd=cwd,
            now=lambda: NOW,
        )

    return make


@pytest.fixture
def env(new_env: Callable[..., Environment]) -> Environment:
    return new_env()
