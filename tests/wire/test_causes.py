from bytespike_cli.status import ExitStatus
from bytespike_cli.wire.causes import CAUSES, Cause, fix_of


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


def test_a_key_in_a_variable_is_not_cured_by_a_login() -> None:
    for cause in (Cause.BAD_KEY, Cause.EXPIRED_KEY):
        assert fix_of(cause) == CAUSES[cause].fix
        assert "bytespike login" in fix_of(cause)
        assert "bytespike login" not in fix_of(cause, "MINE")
        assert fix_of(cause, "MINE").endswith(", then set MINE to it")
        ours = fix_of(cause, "BYTESPIKE_API_KEY")
        assert ours.endswith("set BYTESPIKE_API_KEY to it, or unset it to use a stored key")
    assert fix_of(Cause.TOO_LARGE, "MINE") == CAUSES[Cause.TOO_LARGE].fix
