"""One request on its way through the sandbox: who asks, what strikes it, how it is answered."""

import gzip
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from aiohttp import web

from bytespike_cli.constants import (
    API_PREFIX,
    HEADER_QUOTA_REMAINING,
    HEADER_RATE_REMAINING,
    HEADER_RATE_RESET,
)
from bytespike_cli.sandbox.auth import Presented, present
from bytespike_cli.sandbox.catalogue import MODELS, reach, spelled
from bytespike_cli.sandbox.errors import FAILURES, JSON_TYPE, Failure, Refused, envelope
from bytespike_cli.sandbox.faults import Fault, Stage
from bytespike_cli.sandbox.journal import KEPT_BODY_BYTES, Record
from bytespike_cli.sandbox.ledger import Account, quota_headers
from bytespike_cli.sandbox.seed import BY_SECRET, USD
from bytespike_cli.sandbox.state import SandboxState
from bytespike_cli.wire.json_bytes import json_bytes

_MANAGEMENT = "/api/v1/"
_ANTHROPIC = "/v1/messages"


@dataclass(slots=True)
class Call:
    """A request, its record, and the faults that strike it."""

    request: web.Request
    state: SandboxState
    record: Record
    surface: str
    faults: dict[Stage, Fault] = field(default_factory=dict)
    account: Account | None = None

    @property
    def is_gemini(self) -> bool:
        return _is_under(self.request.path, API_PREFIX)

    def authenticate(self) -> Account:
        """Find the account of the key. Raises Refused as the surface refuses (contract.md 2, 4)."""
        dialects = self.state.dialects
        found = present(
            self.request.headers,
            self.request.query,
            gemini=self.is_gemini,
            dialect=dialects["auth"],
        )
        if self.strike("key"):
            found = Presented()
        self.record.auth_form = found.form
        if not self.is_gemini and self.request.path.startswith(_MANAGEMENT):
            closed = FAILURES.get(f"management-{dialects['management']}")
            if closed is not None:
                raise Refused(closed)
        key = BY_SECRET.get(found.secret)
        if key is None:
            raise self._bad_key(FAILURES["bad-key"])
        self.record.key_name = key.name
        self.account = self.state.ledger.account(key.name)
        if key.refused:
            raise self._bad_key(FAILURES[key.refused])
        return self.account

    def reach(self) -> tuple[str, ...]:
        """Return the slugs that the key reaches. Raises Refused without a good key."""
        dialects = self.state.dialects
        return reach(self.authenticate().key, dialects["catalogue"], dialects["veo-slugs"])

    def check_model(self, slug: str) -> None:
        """Raise Refused, as the dialect refuses, for a slug that the key does not reach."""
        dialects = self.state.dialects
        if slug in self.reach():
            return
        if slug in spelled(MODELS, dialects["veo-slugs"]):
            row = {"403": "model-not-in-group", "400": "model-not-allowed"}
            raise Refused(FAILURES[row[dialects["model-not-in-group"]]])
        row = {
            "404": "unknown-model",
            "400-not-found": "model-not-found",
            "400-unsupported": "unsupported-model",
        }
        failure = FAILURES[row[dialects["unknown-model"]]]
        raise Refused(failure, f"{failure.message}: {slug}")

    def check_purse(self, estimate_usd: float = 0.0) -> None:
        """Raise Refused if the account cannot pay that much, or nothing at all."""
        account = self.account
        assert account is not None
        short_of = account.short_of
        if not short_of and account.left(account.key.quota_usd) < round(estimate_usd * USD):
            short_of = "quota"
        if short_of:
            raise Refused(FAILURES[short_of])

    def nowhere(self, message: str = "") -> Refused:
        """Return the 404 of a path that is not there; a good key is told its quota with it."""
        with suppress(Refused):
            self.authenticate()
        return Refused(FAILURES["not-found"], message)

    def _bad_key(self, failure: Failure) -> Refused:
        if failure.status == 401 and self.is_gemini and self.state.dialects["bad-key"] == "400":
            return Refused(FAILURES["channel-key"], failure.message)
        return Refused(failure)

    async def json_body(self) -> Any:
        """Read and parse the body. Raises Refused if it is not JSON, or not said to be."""
        content = await self.request.read()
        self.record.body_bytes = len(content)
        if self.request.content_type != "application/json":
            raise Refused(FAILURES["invalid-param"], "content-type must be application/json")
        try:
            body = json.loads(content)
        except ValueError as error:
            message = f"Invalid JSON payload received: {error}"
            raise Refused(FAILURES["invalid-param"], message) from None
        if len(content) <= KEPT_BODY_BYTES:
            self.record.body = body
        return body

    async def json_object(self) -> dict[str, Any]:
        """Read and parse a body that must be an object. Raises Refused for anything else."""
        body = await self.json_body()
        if not isinstance(body, dict):
            raise Refused(FAILURES["invalid-param"], "the body must be a JSON object")
        return body

    def strike(self, stage: Stage) -> Fault | None:
        """Return the fault that strikes this request at a stage, and note it."""
        fault = self.faults.get(stage)
        if fault is not None:
            self.record.fault = fault.text
        return fault

    def answer_fault(self) -> None:
        """Raise Refused if a fault of the stage `answer` strikes."""
        fault = self.strike("answer")
        if fault is not None:
            raise Refused(FAILURES[fault.name])

    @property
    def asset_origin(self) -> str:
        """The origin of result URLs, by the dialect `asset-host`."""
        host = self.request.host
        if self.state.dialects["asset-host"] == "other":
            host = f"localhost:{host.rpartition(':')[2]}"
        return f"http://{host}"

    def headers(self) -> dict[str, str]:
        """Return the quota headers as they stand now (contract.md 5), and a Date that is wrong."""
        headers = quota_headers(self.account, self.state.dialects["quota-headers"])
        skew = self.strike("headers")
        if skew is not None:
            now = self.state.config.now() + skew.argument
            headers["Date"] = formatdate(now, usegmt=True)
        return headers

    @property
    def wants_gzip(self) -> bool:
        accepted = self.request.headers.get("accept-encoding", "")
        return self.state.dialects["compression"] == "gzip" and "gzip" in accepted

    def reply(
        self, body: bytes, content_type: str = JSON_TYPE, *, status: int = 200
    ) -> web.Response:
        """Answer with a whole body."""
        sent = self.headers()
        if self.wants_gzip and body:
            body = gzip.compress(body, mtime=0)
            sent["content-encoding"] = "gzip"
        return web.Response(status=status, body=body, headers=sent | {"content-type": content_type})

    def reply_json(self, document: Any, *, status: int = 200) -> web.Response:
        """Answer with a JSON document, or with what a fault of the stage `body` makes of it."""
        body = json_bytes(document)
        fault = self.strike("body")
        match fault.name if fault else "":
            case "empty-body":
                body = b""
            case "error-in-200":
                body, _ = envelope(FAILURES["unavailable"], self._shape())
            case "garbled":
                body = body[: len(body) // 2]
        return self.reply(body, status=status)

    def refuse(self, refused: Refused) -> web.Response:
        """Answer with a failure, in the envelope of the surface (contract.md 4.1)."""
        failure, message = refused.failure, refused.message
        extra: dict[str, str] = {}
        fault = self.faults.get("answer")
        argument = fault.argument if fault is not None and FAILURES[fault.name] is failure else 0
        if failure is FAILURES["spend-cap"]:
            extra, message = self._spend_cap(argument)
        elif argument:
            extra["Retry-After"] = str(argument)
        if failure is FAILURES["quota"]:
            extra[HEADER_QUOTA_REMAINING] = "0.00"
        body, content_type = envelope(failure, self._shape(), message, param=refused.param)
        response = self.reply(body, content_type, status=failure.status)
        for name, value in extra.items():
            if name in response.headers or name == "Retry-After":
                response.headers[name] = value
        return response

    def _spend_cap(self, reset_s: int) -> tuple[dict[str, str], str]:
        reset = int(self.state.config.now()) + reset_s
        if not reset_s and self.account is not None:
            reset = self.account.reset_at
        at = datetime.fromtimestamp(reset, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        message = f"{FAILURES['spend-cap'].message}: the cap is spent; resets at {at}"
        return {HEADER_RATE_REMAINING: "0.00", HEADER_RATE_RESET: str(reset)}, message

    def _shape(self) -> str:
        if self.is_gemini:
            shape = self.state.dialects["error-shape"]
            return "google" if shape == "google-array" and self.surface != "stream" else shape
        return "anthropic" if _is_under(self.request.path, _ANTHROPIC) else "openai"


def _is_under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")
