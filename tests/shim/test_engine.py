"""What answers under one set of settings."""

import threading

from tests.conftest import MakeSandbox
from tests.shim.conftest import MakeShim


def test_it_knows_its_models_and_what_it_is_busy_with(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    shim = make_shim(make_sandbox(faults=["stall:1"]).origin)
    assert shim.engine.busy == 0
    path = "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"
    body = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}
    with shim.client.stream("POST", path, json=body) as answer:
        pieces = answer.iter_raw()
        next(pieces)
        assert shim.engine.busy == 1
        assert "gemini-3-flash" in shim.engine.models
    shim.wait_for_records(1)
    for _ in range(1000):
        if shim.engine.busy == 0:
            break
        threading.Event().wait(0.01)
    assert shim.engine.busy == 0
