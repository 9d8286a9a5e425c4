from bytespike_cli.status import ExitStatus
from bytespike_cli.wire.causes import CAUSES, Cause


def test_every_cause_has_its_row() -> None:
    assert set(CAUSES) == set(Cause)


def test_sentences_are_sentences_and_fixes_are_not() -> None:
    for info in CAUSES.values():
        sentence = info.sentence.format(model="the model 'x'")
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert info.fix
        assert not info.fix.endswith(".")


def test_exit_statuses_are_of_the_gateway() -> None:
    allowed = {
        ExitStatus.ERROR,
        ExitStatus.AUTHENTICATION,
        ExitStatus.PERMISSION,
        ExitStatus.UNKNOWN_MODEL,
        ExitStatus.QUOTA,
        ExitStatus.RATE_LIMITED,
        ExitStatus.GATEWAY,
        ExitStatus.PROTOCOL,
    }
    assert {ExitStatus(info.exit_status) for info in CAUSES.values()} == allowed
