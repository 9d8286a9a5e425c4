from bytespike_cli.gateway.request import OTHER_SURFACES, Request
from bytespike_cli.wire.auth import FALLBACK_ORDER
from bytespike_cli.wire.tasks import Call


def test_of_a_call() -> None:
    call = Call("POST", "/v1/tasks/query", "a=b", {"task_id": "t"})
    request = Request.of(call, repeatable=True, timeout_s=3.0)
    assert (request.method, request.path, request.query) == ("POST", "/v1/tasks/query", "a=b")
    assert request.body == b'{"task_id": "t"}'
    assert (request.repeatable, request.once, request.timeout_s) == (True, False, 3.0)
    assert "task_id" not in repr(request)


def test_the_forms_of_the_key() -> None:
    assert Request("GET", "/v1beta/models").forms == FALLBACK_ORDER
    assert Request("GET", "/v1/models").forms == OTHER_SURFACES
