"""What the shim answers about itself: to who has its token, and to nobody else."""

import pytest

from bytespike_cli.shim.service import ask
from tests.conftest import MakeEnv, MakeSandbox
from tests.shim.service.conftest import MakeService, pause, store_key


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", ask.STATUS_PATH, {}, 200),
        ("GET", ask.STATUS_PATH, {"x-goog-api-key": "wrong"}, 401),
        ("POST", ask.STOP_PATH, {"x-goog-api-key": "wrong"}, 401),
        ("POST", ask.STOP_PATH, {"origin": "https://evil.example"}, 403),
        ("GET", ask.STATUS_PATH, {"host": "evil.example"}, 403),
        ("GET", ask.STOP_PATH, {}, 404),
        ("POST", "/.bytespike/other", {}, 404),
    ],
)
def test_who_may_ask(
    make_env: MakeEnv,
    make_sandbox: MakeSandbox,
    make_service: MakeService,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    env, sandbox = make_env(), make_sandbox()
    store_key(env, "work", sandbox.origin)
    service = make_service(env)
    answer = service.client.request(method, path, headers=headers)
    assert answer.status_code == status
    found = ask.status(env, pause)
    assert found is not None
    assert found["requests"] == 0
    assert not any(".bytespike" in record.path for record in sandbox.state.journal)


def test_the_status_has_neither_key_nor_token(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env = make_env()
    store_key(env, "work", make_sandbox().origin, "my-own-sandbox-secret")
    service = make_service(env)
    text = service.client.get(ask.STATUS_PATH).text
    assert "my-own-sandbox-secret" not in text
    assert service.client.headers["x-goog-api-key"] not in text
