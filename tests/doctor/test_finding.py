from bytespike_cli.doctor.finding import (
    Verdict,
    document,
    error,
    info,
    of_error,
    ok,
    unknown,
    warning,
)
from bytespike_cli.doctor.repair import Repair
from bytespike_cli.errors import NetworkError


def test_each_maker_sets_its_verdict() -> None:
    assert ok("key.alive", "It is.").verdict is Verdict.OK
    assert info("key.alive", "It is.").verdict is Verdict.INFO
    assert warning("key.old", "It is.", evidence="seen", fix="do").verdict is Verdict.WARNING
    assert error("key.bad", "It is.", evidence="seen", fix="do").verdict is Verdict.ERROR
    assert unknown("key.alive", "It is.", evidence="no time").verdict is Verdict.UNKNOWN


def test_an_error_of_ours_keeps_cause_detail_and_fix() -> None:
    found = of_error("network.tcp", NetworkError("Nobody.", fix="go", detail="refused"))
    assert (found.sentence, found.evidence, found.fix) == ("Nobody.", "refused", "go")
    assert of_error("network.tcp", NetworkError("Nobody.")).evidence == "(NetworkError)"


def test_the_document_has_stable_keys() -> None:
    plain = document(ok("key.alive", "It is.", "200"))
    assert list(plain) == ["id", "check", "verdict", "cause", "evidence", "fix"]
    cure = Repair("cure it", ())
    full = document(error("key.bad", "It is.", evidence="401", fix="do", repair=cure))
    assert full["repair"] == "cure it"
    assert document(ok("key.alive", "It is.", models=4))["facts"] == {"models": 4}
