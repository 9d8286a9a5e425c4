import pytest

from bytespike_cli.doctor import registry
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.registry import all_checks, select
from bytespike_cli.errors import UsageError
from tests.doctor.conftest import check_of

MADE_UP = (
    check_of("config.key"),
    check_of("network.dns", network=True),
    check_of("key.alive", needs=("network.dns", "config.key"), network=True),
    check_of("request.generate", needs=("key.alive",), network=True, billable=True),
    check_of("client.run", needs=("key.alive",), network=True, clients=("gemini-cli",)),
)


@pytest.fixture
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "all_checks", lambda: MADE_UP)


def ids(checks: tuple[Check, ...]) -> list[str]:
    return [check.id for check in checks]


def test_ids_are_unique_and_needs_exist() -> None:
    checks = all_checks()
    names = ids(checks)
    assert len(set(names)) == len(names)
    for check in checks:
        assert set(check.needs) <= set(names), check.id
        assert check.title, check.id
        assert not check.billable or check.network, check.id
        assert check.timeout_s > 0


def test_only_checks_that_read_the_one_trial_cost_anything() -> None:
    paid = {check.id for check in all_checks() if check.billable and not check.clients}
    assert {id_.partition(".")[0] for id_ in paid} <= {"request", "stream"}
    assert all(
        "request.generate" in check.needs
        for check in all_checks()
        if check.id in paid - {"request.generate"}
    )


@pytest.mark.usefixtures("_made_up")
def test_no_word_is_all_checks_but_those_of_a_client() -> None:
    assert ids(select(()).checks) == ids(MADE_UP)[:-1]
    assert ids(select((), client="gemini-cli").checks) == ids(MADE_UP)


@pytest.mark.usefixtures("_made_up")
def test_a_word_is_a_family_an_id_or_a_beginning_and_brings_what_it_needs() -> None:
    for word in ("key", "key.alive", "key.al"):
        chosen = select((word,))
        assert ids(chosen.checks) == ["config.key", "network.dns", "key.alive"]
        assert chosen.asked == {"key.alive"}


@pytest.mark.usefixtures("_made_up")
def test_flags_leave_checks_out_and_say_so() -> None:
    offline = select((), offline=True)
    assert ids(offline.checks) == ["config.key"]
    assert set(offline.left_out.values()) == {"--offline"}
    cheap = select((), billable=False)
    assert "request.generate" not in ids(cheap.checks)
    assert cheap.left_out == {"request.generate": "--no-billable"}


@pytest.mark.usefixtures("_made_up")
def test_an_unknown_word_is_refused_with_a_close_one() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'network'"):
        select(("netwrk",))
    with pytest.raises(UsageError, match="no check 'xyzzy'"):
        select(("xyzzy",))
