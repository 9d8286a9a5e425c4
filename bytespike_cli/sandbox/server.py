"""Runs the sandbox: in a thread for tests and `sandbox try`, in the foreground for `serve`."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bytespike_cli.errors import NetworkError
from bytespike_cli.sandbox.app import STATE, create_app
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.state import SandboxState
from bytespike_cli.sandbox.tls import server_context

BACKLOG = 512
SHUTDOWN_S = 0.1
"""How long open streams may go on when the server stops."""
MALFORMED = "A request was not well-formed HTTP, and got a 400: {reason}."


class SandboxServer:
    """A sandbox in a thread of its own: `start`, use `origin` and `state`, `stop`.

    Raises UsageError for a configuration that makes no sense, NetworkError for a taken port.
    """

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self._app = create_app(config)
        self.state: SandboxState = self._app[STATE]
        self.origin = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="bytespike-sandbox", daemon=True)
        self._started = threading.Event()
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Listen; return when the port is open."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def stop(self) -> None:
        """Drop all connections and end the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        runner = _runner(self._app)
        try:
            self.origin = self._loop.run_until_complete(_listen(runner, self.config))
        except BaseException as failure:  # noqa: BLE001 - raised again in the caller's thread
            self._failure = failure
            self._loop.close()
            return
        finally:
            self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


@contextmanager
def running(config: SandboxConfig) -> Iterator[SandboxServer]:
    """Run a sandbox for the length of a `with` block."""
    server = SandboxServer(config)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def serve(config: SandboxConfig, ready: Callable[[str], None]) -> None:
    """Run a sandbox in the foreground until it is interrupted; `ready` is told the origin.

    Raises KeyboardInterrupt when it is, NetworkError for a taken port.
    """
    asyncio.run(_serve(config, ready))


async def _serve(config: SandboxConfig, ready: Callable[[str], None]) -> None:
    runner = _runner(create_app(config))
    try:
        ready(await _listen(runner, config))
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _runner(app: web.Application) -> web.AppRunner:
    logger = logging.getLogger("bytespike.sandbox")
    logger.addFilter(_one_line)
    return web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=True,
        logger=logger,
        shutdown_timeout=SHUTDOWN_S,
    )


def _one_line(record: logging.LogRecord) -> bool:
    """Tell of a request that is not HTTP in one line: it is its client's defect, and not ours."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        reason = " ".join(error.message.partition(":")[0].split())
        record.msg, record.args = MALFORMED.format(reason=reason), None
        record.exc_info = None
    return True


async def _listen(runner: web.AppRunner, config: SandboxConfig) -> str:
    await runner.setup()
    certificate = runner.app[STATE].faults.certificate
    site = web.TCPSite(
        runner,
        config.host,
        config.port,
        backlog=BACKLOG,
        ssl_context=server_context(certificate) if certificate else None,
    )
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise NetworkError(
            f"Port {config.port} on {config.host} is not free.",
            fix="bytespike sandbox serve --port 0",
            detail=str(error),
        ) from None
    host, port = runner.addresses[0][:2]
    scheme = "https" if certificate else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
