"""Requests for a method of a model, with what the client chooses by itself."""

from typing import Any

import httpx
import pytest

from bytespike_cli.wire.models import Chooser
from tests.conftest import MakeSandbox
from tests.shim.conftest import MakeShim, RunningShim

BODY = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}
LITE, PRO = "gemini-3.5-flash-lite", "gemini-3.1-pro-preview"


def post(shim: RunningShim, model: str, method: str = "generateContent") -> httpx.Response:
    return shim.client.post(f"/v1beta/models/{model}:{method}", json=BODY)


@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent"])
@pytest.mark.parametrize(
    ("fault", "status"), [("invalid-param@1", 400), ("empty-body@1", 424), ("ip@1", 403)]
)
def test_a_failed_helper_is_no_reason_for_a_dearer_model(
    make_sandbox: MakeSandbox, make_shim: MakeShim, fault: str, status: int, method: str
) -> None:
    sandbox = make_sandbox(faults=[fault])
    shim = make_shim(sandbox.origin, chosen_by=Chooser.CLIENT, ends_turns=True)
    first = post(shim, LITE, "streamGenerateContent" if "empty" in fault else "generateContent")
    assert first.status_code == status
    second = post(shim, PRO, method)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert not any(record.billed for record in sandbox.state.journal)
    assert post(shim, LITE).status_code == 200
    assert post(shim, PRO).status_code == 200


def test_a_helper_that_nothing_can_serve_is_no_reason_either(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    settings: dict[str, Any] = {"chosen_by": Chooser.CLIENT, "fallback": False}
    shim = make_shim(make_sandbox().origin, **settings)
    assert post(shim, LITE).status_code == 400
    assert post(shim, PRO).status_code == 400


def test_a_refused_count_of_tokens_is_no_failed_request(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["ip@1"], dialects={"count-tokens": "served"})
    shim = make_shim(sandbox.origin, chosen_by=Chooser.CLIENT)
    assert post(shim, LITE, "countTokens").status_code == 403
    assert post(shim, PRO).status_code == 200


def test_every_request_of_a_typed_model_is_asked(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["ip@1"])
    shim = make_shim(
        sandbox.origin, chosen_by=Chooser.CLIENT, typed_models=frozenset({"gemini-3.1-pro"})
    )
    assert post(shim, LITE).status_code == 403
    assert post(shim, "gemini-3.1-pro").status_code == 200
