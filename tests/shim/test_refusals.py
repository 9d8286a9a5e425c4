"""Failures of the gateway as the client is told them."""

import json
import time

import pytest

from bytespike_cli.redact import remember
from bytespike_cli.shim.refusals import FAILED_DEPENDENCY, Refusals
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import Refused, Unreachable
from bytespike_cli.wire.envelope import classify

PATH = "/v1beta/models/x:generateContent"


def refusals(*, ends_turns: bool = False, key_name: str = "work") -> Refusals:
    return Refusals(
        ShimSettings(
            origin="http://x",
            secret="secret",
            token="token",
            now=time.time,
            key_name=key_name,
            ends_turns=ends_turns,
        )
    )


def refused(status: int, words: str = "m") -> Refused:
    body = json.dumps({"error": {"code": status, "message": words, "status": "X"}}).encode()
    return Refused(classify(status, body, headers={}, path=PATH), {"x-request-id": "r1"})


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_clients_repeat_ends_the_turn_where_that_is_wanted(status: int) -> None:
    kept = refusals().of_gateway(refused(status))
    assert kept.status in {status, 503}
    ended = refusals(ends_turns=True).of_gateway(refused(status))
    assert ended.status == FAILED_DEPENDENCY
    assert isinstance(ended.body, bytes)
    assert json.loads(ended.body)["error"]["code"] == FAILED_DEPENDENCY


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404])
def test_the_rest_keeps_its_status(status: int) -> None:
    assert refusals(ends_turns=True).of_gateway(refused(status)).status == status


def test_a_404_for_the_clients_own_id_is_a_400() -> None:
    assert refusals().of_gateway(refused(404), by_client=True).status == 400


@pytest.mark.parametrize(
    ("key_name", "fix"),
    [("work", "bytespike login"), ("BYTESPIKE_API_KEY", "set BYTESPIKE_API_KEY to it")],
)
def test_a_refused_key_is_cured_where_it_stands(key_name: str, fix: str) -> None:
    body = refusals(key_name=key_name).of_gateway(refused(401)).body
    assert isinstance(body, bytes)
    assert fix in json.loads(body)["error"]["message"]


def test_the_gateways_headers_and_words_are_kept_without_secrets() -> None:
    remember("a-secret-that-is-quoted")
    answer = refusals().of_gateway(refused(400, "you sent a-secret-that-is-quoted"))
    assert answer.headers["x-request-id"] == "r1"
    assert isinstance(answer.body, bytes)
    assert b"you sent" in answer.body
    assert b"a-secret" not in answer.body


def test_silence() -> None:
    assert refusals().of_silence(Unreachable("Nobody is there.")).status == 503
    ended = refusals(ends_turns=True).of_silence(Unreachable("Nobody is there."))
    assert ended.status == FAILED_DEPENDENCY
