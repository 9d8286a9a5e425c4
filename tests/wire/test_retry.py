"""When to ask again, and when to give up (contract.md 4.4)."""

import pytest

from bytespike_cli.wire.envelope import Failure, classify
from bytespike_cli.wire.retry import delay_s

NOW = 1_000_000.0


def failure(status: int, code: str = "", **headers: str) -> Failure:
    body = f'{{"error":{{"message":"m","type":"{code}","code":"{code}"}}}}'.encode()
    lower = {name.replace("_", "-"): value for name, value in headers.items()}
    return classify(status, body, headers=lower, path="/v1beta/models/x:generateContent", now=NOW)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524, 529])
def test_5xx_doubles_from_one_second_and_ends_after_four_attempts(status: int) -> None:
    waits = [delay_s(failure(status), attempt, 2.0) for attempt in (1, 2, 3, 4)]
    assert waits == [1.0, 2.0, 4.0, None]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 422, 451])
def test_4xx_is_never_repeated(status: int) -> None:
    assert delay_s(failure(status), 1, 2.0) is None


def test_a_concurrency_limit_waits_a_random_moment() -> None:
    limited = failure(429, "concurrency_limit")
    assert [delay_s(limited, attempt, 2.5) for attempt in (1, 3, 4)] == [2.5, 2.5, None]


def test_a_spend_cap_is_waited_for_only_when_it_opens_in_a_moment() -> None:
    near = failure(429, "rate_limit_error", x_ratelimit_reset=str(NOW + 3))
    far = failure(429, "rate_limit_error", x_ratelimit_reset=str(NOW + 7200))
    assert delay_s(near, 1, 2.0) == 3.0
    assert delay_s(far, 1, 2.0) is None
    assert delay_s(failure(429, "rate_limit_error"), 1, 2.0) is None


def test_retry_after_is_honoured_up_to_a_bound() -> None:
    assert delay_s(failure(503, retry_after="7"), 1, 2.0) == 7.0
    assert delay_s(failure(503, retry_after="600"), 1, 2.0) is None
