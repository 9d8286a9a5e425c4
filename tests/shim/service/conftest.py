"""The long-lived shim in a thread, as `bytespike shim serve` runs it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.context import Environment
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.shim.service import ask
from bytespike_cli.shim.service.serve import serve
from bytespike_cli.shim.service.state import ServiceState

BODY = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}
UNARY = "/v1beta/models/gemini-3-flash:generateContent"


def pause(_seconds: float) -> None:
    threading.Event().wait(0.01)


def store_key(env: Environment, name: str, origin: str, secret: str = GEMINI_KEY) -> None:
    KeyStore(env).add(StoredKey(name=name, origin=origin, secret=secret), make_default=True)


class Service:
    """A shim that serves one Environment until `stop`."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.said: list[str] = []
        self.status: dict[str, Any] = {}
        self._ready = threading.Event()
        self._failures: list[Exception] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(20)
        if self._failures:
            self._thread.join()
            raise self._failures[0]
        self.client = httpx.Client(
            base_url=self.status["address"],
            headers={"x-goog-api-key": ServiceState(env).token()},
            timeout=20,
            trust_env=False,
        )

    def stop(self) -> None:
        if self._thread.is_alive():
            ask.stop(self.env, pause)
        self._thread.join()
        self.client.close()

    def _run(self) -> None:
        try:
            serve(
                self.env,
                port=0,
                resolve=lambda: resolve_settings(self.env),
                ready=self._told,
                say=self.said.append,
            )
        except Exception as failure:  # noqa: BLE001 - raised again in the test's thread
            self._failures.append(failure)
            self._ready.set()

    def _told(self, status: dict[str, Any]) -> None:
        self.status = status
        self._ready.set()


MakeService = Callable[[Environment], Service]


@pytest.fixture
def make_service() -> Iterator[MakeService]:
    """Start services; each is stopped at the end."""
    with ExitStack() as stack:

        def make(env: Environment) -> Service:
            service = Service(env)
            stack.callback(service.stop)
            return service

        yield make
