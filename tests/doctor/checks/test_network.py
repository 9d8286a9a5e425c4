from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bytespike_cli.doctor.case import Case
from bytespike_cli.doctor.checks.config import CHECKS as CONFIG
from bytespike_cli.doctor.checks.network import CHECKS
from bytespike_cli.doctor.finding import Finding, Verdict
from bytespike_cli.doctor.runner import run
from bytespike_cli.doctor.verdict import Diagnosis, diagnose
from bytespike_cli.sandbox.server import SandboxServer
from tests.doctor.conftest import MakeCase, alarms, first
from tests.doctor.servers import CERTIFICATES, SIGNER, answer, closed_port, serving, silent

KEY = "sk-byts-network-01"
MODELS = '{"object":"list","data":[{"id":"gemini-3-flash"}]}'
Shake = Callable[..., Diagnosis]


def diagnosis_of(case: Case) -> Diagnosis:
    return diagnose(list(run((*CONFIG, *CHECKS), case)))


def cause(diagnosis: Diagnosis) -> Finding:
    assert diagnosis.first is not None
    return diagnosis.first


@pytest.fixture
def reach(make_case: MakeCase) -> Shake:
    """Look at the way to an origin: `reach("http://127.0.0.1:9", HTTPS_PROXY="…")`."""

    def look(origin: str, *, timeout_s: float = 30.0, **variables: str) -> Diagnosis:
        case = make_case(
            timeout_s=timeout_s,
            BYTESPIKE_API_KEY=KEY,
            BYTESPIKE_BASE_URL=origin,
            **variables,
        )
        return diagnosis_of(case)

    return look


def test_a_gateway_that_answers_is_no_alarm(sandbox: SandboxServer, reach: Shake) -> None:
    assert alarms(reach(sandbox.origin)) == set()


def test_a_name_that_cannot_be_resolved(reach: Shake) -> None:
    diagnosis = reach("https://no-such-host.invalid")
    assert first(diagnosis) == "network.dns"
    assert "no-such-host.invalid" in cause(diagnosis).sentence
    assert [f.id for f in diagnosis.findings if f.verdict is Verdict.ERROR] == ["network.dns"]


def test_nothing_listens_there(reach: Shake) -> None:
    assert first(reach(f"http://127.0.0.1:{closed_port()}")) == "network.refused"


def test_a_black_hole_ends_in_time_and_says_what_was_not_learnt(reach: Shake) -> None:
    with silent() as port:
        diagnosis = reach(f"http://127.0.0.1:{port}", timeout_s=1.0)
    assert first(diagnosis) == "network.unreachable"
    skipped = [f for f in diagnosis.findings if f.because == "network.unreachable"]
    assert {f.check for f in skipped} == {"network.tls", "network.answer", "network.clock"}


@pytest.mark.parametrize(
    ("certificate", "trusted", "id_"),
    [
        ("right", False, "network.tls-untrusted"),
        ("expired", True, "network.tls-expired"),
        ("wrong-host", True, "network.tls-host"),
    ],
)
def test_a_certificate_that_is_not_trusted_says_why(
    reach: Shake, monkeypatch: pytest.MonkeyPatch, certificate: str, trusted: bool, id_: str
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "authority.pem"))
    now = format_datetime(datetime.now(UTC), usegmt=True)
    with serving(answer("200 OK", date=now), certificate=certificate) as port:
        diagnosis = reach(f"https://127.0.0.1:{port}")
    assert first(diagnosis) == id_
    if certificate == "right":
        assert f"'{SIGNER}'" in cause(diagnosis).sentence
        assert "SSL_CERT_FILE" in cause(diagnosis).fix


def test_an_expired_certificate_on_a_wrong_clock_is_the_clock_s_fault(
    reach: Shake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "authority.pem"))
    then = format_datetime(datetime(2020, 6, 1, tzinfo=UTC), usegmt=True)
    with serving(answer("200 OK", date=then), certificate="expired") as port:
        diagnosis = reach(f"https://127.0.0.1:{port}")
    assert first(diagnosis) == "network.clock"
    assert "fast" in cause(diagnosis).sentence


def test_a_trusted_certificate_is_fine(reach: Shake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "authority.pem"))
    reply = answer("200 OK", MODELS, content_type="application/json")
    with serving(reply, certificate="right") as port:
        assert alarms(reach(f"https://127.0.0.1:{port}")) == set()


def test_what_does_not_speak_tls(reach: Shake) -> None:
    with serving(answer("400 Bad Request")) as port:
        assert first(reach(f"https://127.0.0.1:{port}")) == "network.tls"


@pytest.mark.parametrize(
    ("reply", "id_"),
    [
        (answer("200 OK", "<html>Log in</html>", content_type="text/html"), "captive-portal"),
        (answer("302 Found", location="http://login.test/"), "captive-portal"),
        (answer("511 Network Authentication Required", "<p>"), "captive-portal"),
        (answer("407 Proxy Authentication Required"), "proxy-auth"),
        (answer("404 Not Found", "<h1>nginx</h1>", content_type="text/html"), "not-gateway"),
        (answer("200 OK", "hello", content_type="text/plain"), "not-gateway"),
        (b"", "no-answer"),
    ],
    ids=["page", "redirect", "511", "407", "404 page", "text", "closed"],
)
def test_what_answers_in_the_place_of_the_gateway(reach: Shake, reply: bytes, id_: str) -> None:
    with serving(reply) as port:
        assert first(reach(f"http://127.0.0.1:{port}")) == f"network.{id_}"


def test_a_clock_that_is_off_is_a_warning(reach: Shake) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True)
    reply = answer("200 OK", MODELS, content_type="application/json", date=then)
    with serving(reply) as port:
        diagnosis = reach(f"http://127.0.0.1:{port}")
    assert alarms(diagnosis) == {"network.clock"}
    assert "slow" in cause(diagnosis).sentence


ELSEWHERE = "http://gateway.internal"


def test_a_proxy_that_cannot_be_used_or_reached(reach: Shake) -> None:
    assert first(reach(ELSEWHERE, http_proxy="socks5://127.0.0.1:1")) == "network.proxy-setting"
    gone = reach(ELSEWHERE, http_proxy=f"http://127.0.0.1:{closed_port()}")
    assert first(gone) == "network.proxy"
    assert "NO_PROXY=gateway.internal" in cause(gone).fix


@pytest.mark.parametrize(
    ("reply", "id_"),
    [
        (answer("407 Proxy Authentication Required"), "network.proxy-auth"),
        (answer("403 Forbidden"), "network.proxy-refuses"),
    ],
)
def test_a_proxy_that_does_not_let_us_through(reach: Shake, reply: bytes, id_: str) -> None:
    with serving(reply) as port:
        diagnosis = reach("https://gateway.internal", https_proxy=f"http://127.0.0.1:{port}")
    assert first(diagnosis) == id_
