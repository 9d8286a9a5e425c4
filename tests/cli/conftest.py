"""What the tests of the commands share: a run of the command line with its own home."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest

from bytespike_cli import redact
from bytespike_cli.cli import login
from bytespike_cli.cli.main import invoke
from bytespike_cli.context import Environment
from bytespike_cli.errors import AuthenticationError, BytespikeError

NOW = 1_760_000_000.0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass
class Result:
    status: int
    out: str
    err: str


@dataclass
class Cli:
    """Runs command lines in a home of their own; `variables` are in force for all of them."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)
    now: float = NOW
    slept: list[float] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def cwd(self) -> Path:
        return self.root / "home" / "project"

    def env(self, stdin: str = "", *, terminal: bool = False) -> Environment:
        self.cwd.mkdir(parents=True, exist_ok=True)
        return Environment(
            stdin=Terminal(stdin) if terminal else io.StringIO(stdin),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
            variables={"BYTESPIKE_CONFIG_DIR": str(self.config), **self.variables},
            home=self.root / "home",
            cwd=self.cwd,
            now=lambda: self.now,
            sleep=self.slept.append,
        )

    def __call__(self, *args: str, stdin: str = "", terminal: bool = False) -> Result:
        env = self.env(stdin, terminal=terminal)
        status = invoke(env, list(args))
        assert isinstance(env.stdout, io.StringIO)
        assert isinstance(env.stderr, io.StringIO)
        return Result(int(status), env.stdout.getvalue(), env.stderr.getvalue())


@dataclass
class FakeGateway:
    """Knows keys and their catalogues; `failure` is raised instead of an answer."""

    catalogues: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failure: BytespikeError | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def open(self, _app: Any, origin: str, secret: str, _variable: str = "") -> "FakeSession":
        return FakeSession(self, origin, secret)


@dataclass
class FakeCheck:
    models: tuple[str, ...]


@dataclass
class FakeSession:
    gateway: FakeGateway
    origin: str
    secret: str

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def verify(self) -> FakeCheck:
        self.gateway.asked.append((self.origin, self.secret))
        if self.gateway.failure is not None:
            raise self.gateway.failure
        if self.secret not in self.gateway.catalogues:
            raise AuthenticationError("The gateway does not accept this key.")
        return FakeCheck(self.gateway.catalogues[self.secret])


@pytest.fixture(autouse=True)
def _no_known_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_known", set())


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def fake_gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """A gateway behind the commands of login, keys and models."""
    gateway = FakeGateway()
    monkeypatch.setattr(login, "open_gateway", gateway.open)
    return gateway


@pytest.fixture
def type_secret(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Type a secret at the next hidden prompt."""

    def type_(secret: str) -> None:
        monkeypatch.setattr("getpass.getpass", lambda _prompt, stream=None: secret)

    return type_
