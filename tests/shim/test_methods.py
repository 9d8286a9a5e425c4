"""Requests for a method of a model, with what the client chooses by itself."""

import json
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


@pytest.mark.parametrize(
    "more",
    [{}, {"stream": False}, {"tools": {"functionDeclarations": [{"name": "add"}]}}],
    ids=["as it came", "switch", "tool"],
)
@pytest.mark.parametrize("dialects", [{}, {"framing": "comments"}])
def test_half_an_emoji_of_a_program_in_javascript_comes_through(
    make_sandbox: MakeSandbox,
    make_shim: MakeShim,
    more: dict[str, Any],
    dialects: dict[str, str],
) -> None:
    shim = make_shim(make_sandbox(dialects=dialects).origin)
    body = json.dumps({"contents": [{"role": "user", "parts": [{"text": "cut \ud83d"}]}], **more})
    headers = {"content-type": "application/json"}
    path = f"/v1beta/models/{PRO}:streamGenerateContent"
    answer = shim.client.post(path, content=body, headers=headers)
    assert "cut \ud83d" in "".join(
        part["text"]
        for chunk in json.loads(answer.content)
        for part in chunk["candidates"][0]["content"]["parts"]
    )


@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent"])
@pytest.mark.parametrize(
    ("fault", "status"), [("invalid-param@1", 400), ("empty-body@1", 424), ("unprocessable@1", 422)]
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


@pytest.mark.parametrize(("chooser", "status"), [(Chooser.CLIENT, 400), (Chooser.USER, 404)])
def test_a_path_that_is_not_there_is_no_404_of_a_model_that_a_client_chose(
    make_sandbox: MakeSandbox, make_shim: MakeShim, chooser: Chooser, status: int
) -> None:
    shim = make_shim(make_sandbox(faults=["stream/not-found"]).origin, chosen_by=chooser)
    answer = post(shim, "gemini-3.1-pro", "streamGenerateContent")
    assert answer.status_code == status
    assert "The gateway has nothing at this path." in answer.json()["error"]["message"]
    shim.wait_for_records(1)
    assert shim.records[-1].cause == "not-found"


def test_a_refused_count_of_tokens_is_no_failed_request(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["unprocessable@1"], dialects={"count-tokens": "served"})
    shim = make_shim(sandbox.origin, chosen_by=Chooser.CLIENT)
    assert post(shim, LITE, "countTokens").status_code == 422
    assert post(shim, PRO).status_code == 200


def test_every_request_of_a_typed_model_is_asked(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["unprocessable@1"])
    shim = make_shim(
        sandbox.origin, chosen_by=Chooser.CLIENT, typed_models=frozenset({"gemini-3.1-pro"})
    )
    assert post(shim, LITE).status_code == 422
    assert post(shim, "gemini-3.1-pro").status_code == 200


SHARED: dict[str, Any] = {"chosen_by": Chooser.CLIENT, "shared": True}


def test_in_a_shared_shim_one_program_pays_for_no_other_ones_failure(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    shim = make_shim(make_sandbox(faults=["invalid-param@1"]).origin, **SHARED)
    assert post(shim, LITE).status_code == 400
    assert post(shim, PRO).status_code == 200


@pytest.mark.parametrize(
    ("model", "status", "words"),
    [
        ("gemini-3.8-flash", 200, ""),
        ("gemini-3.8-flash-lite", 200, ""),
        ("gemini-flush", 404, "Closest: gemini-3-flash"),
        ("my-typo", 404, "There is no model 'my-typo'"),
    ],
)
def test_in_a_shared_shim_an_id_of_a_family_is_served_and_a_typo_is_told(
    make_sandbox: MakeSandbox, make_shim: MakeShim, model: str, status: int, words: str
) -> None:
    answer = post(make_shim(make_sandbox().origin, **SHARED), model)
    assert answer.status_code == status
    assert words in answer.text


def test_in_a_shared_shim_the_fallback_can_be_off(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    answer = post(make_shim(make_sandbox().origin, **SHARED, fallback=False), "gemini-3.8-flash")
    assert answer.status_code == 400
    assert "Name one of those." in answer.text
