import threading

import pytest

from bytespike_cli.config.settings import Settings
from bytespike_cli.doctor.case import Case
from bytespike_cli.errors import ConfigurationError, NoKeyError
from tests.conftest import MakeEnv
from tests.doctor.conftest import MakeCase

KEY = "sk-byts-case-0001"


def test_the_origin_is_that_of_the_key_or_of_the_settings(make_case: MakeCase) -> None:
    base_url = "http://127.0.0.1:9"
    case = make_case(BYTESPIKE_API_KEY=KEY, BYTESPIKE_BASE_URL=base_url)
    assert (case.credential.secret, case.origin) == (KEY, base_url)
    bare = make_case(BYTESPIKE_BASE_URL=base_url)
    with pytest.raises(NoKeyError):
        _ = bare.credential
    assert bare.origin == base_url


def test_settings_that_cannot_be_read_raise_each_time(make_env: MakeEnv) -> None:
    asked = []

    def read() -> Settings:
        asked.append(1)
        raise ConfigurationError("broken")

    case = Case(make_env(), read)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="broken"):
            _ = case.settings
    assert len(asked) == 1


def test_a_memo_is_made_once_whoever_asks(make_case: MakeCase) -> None:
    case = make_case()
    made: list[int] = []
    start = threading.Barrier(4)
    got: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    def ask() -> None:
        start.wait()
        got.append(case.memo("number", make))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [1, 1, 1, 1]


def test_time_limits_end_a_little_before_the_run(make_env: MakeEnv) -> None:
    env = make_env()
    clock = [100.0]
    env.monotonic = lambda: clock[0]
    case = Case(env, lambda: pytest.fail("not asked"), timeout_s=10.0)
    assert (case.left_s(), case.within(3.0), case.within(30.0)) == (10.0, 3.0, 8.0)
    clock[0] = 200.0
    assert (case.left_s(), case.within(3.0)) == (0.0, 0.05)


def test_more_time_for_the_run_is_more_for_each_check(make_case: MakeCase) -> None:
    assert make_case(timeout_s=10.0).patience == 1.0
    patient = make_case(timeout_s=120.0)
    assert (patient.patience, patient.within(4.0)) == (4.0, 16.0)
