"""Requests for models of another key's group go out with that key (design section 7, step 6)."""

import json
import socket
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest

from bytespike_cli.config.reach import OtherKey
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.sandbox.seed import BY_NAME, CLAUDE_KEY, GEMINI_KEY, GROUPS, STUDIO_KEY
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.wire.models import Chooser
from tests.conftest import MakeSandbox
from tests.shim.conftest import MakeShim, RunningShim

BODY = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}


class Store:
    """Another key of the user's that counts how often its secret was opened."""

    def __init__(self, secret: str, *, broken: bool = False) -> None:
        self.opened = 0
        self.saved: list[Sequence[str]] = []
        self._secret = secret
        self._broken = broken

    def open(self) -> str:
        self.opened += 1
        if self._broken:
            raise ConfigurationError("The keyring is locked.")
        return self._secret

    def key(self, name: str = "team", **given: Any) -> OtherKey:
        return OtherKey(
            **{
                "name": name,
                "group": "claude-default",
                "models": None,
                "models_fetched_at": 9e9,
                "opens_quietly": True,
                "open_secret": self.open,
                "save_models": self.saved.append,
                **given,
            }
        )


def generate(shim: RunningShim, model: str, method: str = "generateContent") -> Any:
    return shim.client.post(f"/v1beta/models/{model}:{method}", json=BODY)


def asked(sandbox: SandboxServer) -> list[tuple[str, str]]:
    return [(r.key_name, r.path.rpartition("/")[2]) for r in sandbox.state.journal]


@pytest.fixture
def sandbox(make_sandbox: MakeSandbox) -> SandboxServer:
    return make_sandbox()


@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent?alt=sse"])
def test_a_model_of_another_group_is_asked_for_with_its_key(
    sandbox: SandboxServer, make_shim: MakeShim, method: str
) -> None:
    store = Store(CLAUDE_KEY)
    shim = make_shim(sandbox.origin, other_keys=(store.key(models=GROUPS["claude-default"]),))
    answer = generate(shim, "claude-opus-4-8", method)
    assert answer.status_code == 200
    assert answer.headers["x-bytespike-key"] == "team"
    assert answer.headers["x-bytespike-model"] == "claude-opus-4-8 -> claude-opus-4-8"
    assert asked(sandbox)[-1] == ("claude-0001", f"claude-opus-4-8:{method.partition('?')[0]}")
    assert sandbox.state.journal[-1].auth_forms == ("x-goog-api-key",)
    shim.wait_for_records(1)
    assert shim.records[0].key == "team"
    assert "key-routing" in shim.records[0].rules


def test_the_own_key_comes_first_and_no_other_is_opened(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    store = Store(BY_NAME["default-0001"].secret)
    shim = make_shim(
        sandbox.origin,
        chosen_by=Chooser.CLIENT,
        other_keys=(store.key(models=(*GROUPS["default"], "gemini-3-8-flash")),),
    )
    for model in ("gemini-3.1-pro", "gemini-3.8-flash"):  # itself, and by the nearest
        answer = generate(shim, model)
        assert answer.headers["x-bytespike-key"] == "work"
    assert store.opened == 0
    assert {name for name, _ in asked(sandbox)} == {"gemini-0001"}


def test_a_catalogue_that_is_not_known_is_learned_where_nobody_minds(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    store = Store(CLAUDE_KEY)
    shim = make_shim(sandbox.origin, other_keys=(store.key(),))
    assert generate(shim, "claude-opus-4-8").headers["x-bytespike-key"] == "team"
    assert generate(shim, "claude-haiku-4-5").headers["x-bytespike-key"] == "team"
    assert store.opened == 1
    assert store.saved == [GROUPS["claude-default"]]


def test_a_key_that_may_ask_its_user_is_not_opened_on_suspicion(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    store = Store(CLAUDE_KEY)
    shim = make_shim(sandbox.origin, other_keys=(store.key(opens_quietly=False),))
    assert generate(shim, "claude-opus-4-8").status_code == 404
    assert store.opened == 0


def test_a_key_that_may_ask_its_user_is_opened_once_when_it_is_needed(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    store = Store(CLAUDE_KEY)
    known = store.key(models=GROUPS["claude-default"], opens_quietly=False)
    shim = make_shim(sandbox.origin, other_keys=(known,))
    assert generate(shim, "gemini-3-flash").status_code == 200
    assert store.opened == 0
    assert [generate(shim, "claude-opus-4-8").status_code for _ in range(3)] == [200] * 3
    assert store.opened == 1


def test_a_key_that_cannot_be_opened_makes_room_for_the_next(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    locked, good = Store(CLAUDE_KEY, broken=True), Store(CLAUDE_KEY)
    models = GROUPS["claude-default"]
    shim = make_shim(
        sandbox.origin,
        other_keys=(locked.key("locked", models=models), good.key("good", models=models)),
    )
    for _ in range(2):
        assert generate(shim, "claude-opus-4-8").headers["x-bytespike-key"] == "good"
    assert (locked.opened, good.opened) == (1, 1)


def test_a_clients_own_id_is_served_by_a_key_that_has_gemini_models(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    """The default key reaches Claude alone; gemini-cli's helper ids need the other one."""
    store = Store(GEMINI_KEY)
    shim = make_shim(
        sandbox.origin,
        secret=CLAUDE_KEY,
        group="claude-default",
        chosen_by=Chooser.CLIENT,
        other_keys=(store.key(group="gemini-default"),),
    )
    answer = generate(shim, "gemini-3.8-flash")
    assert answer.headers["x-bytespike-key"] == "team"
    assert answer.headers["x-bytespike-model"] == "gemini-3.8-flash -> gemini-3-5-flash"


def test_a_key_with_the_model_itself_goes_before_one_with_the_nearest(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    near, exact = Store(GEMINI_KEY), Store(BY_NAME["gemini-0002"].secret)
    shim = make_shim(
        sandbox.origin,
        secret=CLAUDE_KEY,
        chosen_by=Chooser.CLIENT,
        other_keys=(
            near.key("near", models=("gemini-2-5-flash",)),
            exact.key("exact", models=("gemini-3-5-flash",)),
        ),
    )
    assert generate(shim, "gemini-3.5-flash").headers["x-bytespike-key"] == "exact"
    assert near.opened == 0


def test_a_stale_catalogue_of_the_own_key_does_not_stand_in_the_way(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    """The gateway refuses the model to this key, unbilled: then the other one is asked."""
    store = Store(CLAUDE_KEY)
    shim = make_shim(
        sandbox.origin,
        models=("claude-opus-4-8",),
        models_fetched_at=9e9,
        other_keys=(store.key(models=GROUPS["claude-default"]),),
    )
    answer = generate(shim, "claude-opus-4-8")
    assert answer.status_code == 200
    assert answer.headers["x-bytespike-key"] == "team"
    generated = [name for name, path in asked(sandbox) if path.endswith(":generateContent")]
    assert generated == ["gemini-0001", "claude-0001"]


def test_a_refusal_names_the_key_that_was_refused(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    store = Store(BY_NAME["blocked-0001"].secret)
    shim = make_shim(
        sandbox.origin, secret=CLAUDE_KEY, other_keys=(store.key(models=("gemini-3-flash",)),)
    )
    answer = generate(shim, "gemini-3-flash")
    assert answer.status_code == 403
    assert "the key 'team' (group claude-default)" in answer.json()["error"]["message"]
    # What is remembered of that key says nothing of the own one.
    assert generate(shim, "claude-opus-4-8").headers["x-bytespike-key"] == "work"


def test_what_no_key_serves_is_unknown(sandbox: SandboxServer, make_shim: MakeShim) -> None:
    store = Store(CLAUDE_KEY)
    shim = make_shim(sandbox.origin, other_keys=(store.key(),))
    answer = generate(shim, "gemini-9-nano")
    assert answer.status_code == 404
    assert "the key 'work'" in answer.json()["error"]["message"]


def test_models_list_has_what_the_other_keys_reach(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    store = Store(CLAUDE_KEY)
    shim = make_shim(sandbox.origin, other_keys=(store.key(models=("claude-opus-4-8",)),))
    listed = json.loads(shim.client.get("/v1beta/models").text)["models"]
    names = [model["name"] for model in listed]
    assert names[0] == "models/gemini-3-1-pro"
    assert "models/claude-opus-4-8" in names
    assert store.opened == 0


def test_a_video_of_another_group_is_followed_with_its_key(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    """Another shim, which has another key of its own, finds the key by the operation's name."""
    store = Store(STUDIO_KEY)
    others = (store.key("studio", models=("veo-3.1",)),)
    body = {"instances": [{"prompt": "fog"}], "parameters": {"durationSeconds": 4}}
    shim = make_shim(sandbox.origin, other_keys=others)
    started = shim.client.post("/v1beta/models/veo-3.1:predictLongRunning", json=body)
    assert started.headers["x-bytespike-key"] == "studio"
    name = started.json()["name"]
    later = make_shim(sandbox.origin, key_name="third", secret=CLAUDE_KEY, other_keys=others)
    for _ in range(4):
        told = later.client.get(f"/v1beta/{name}").json()
    uri = told["response"]["generateVideoResponse"]["generatedSamples"][0]["video"]["uri"]
    file = later.client.get("/v1beta/files/" + uri.split("files/")[1])
    assert file.content[4:8] == b"ftyp"
    assert {record.key for record in later.records} == {"studio"}
    assert sandbox.state.tasks[0].owner == "studio-0001"
    without = make_shim(sandbox.origin)
    assert without.client.get(f"/v1beta/{name}").status_code == 404


def test_models_that_could_not_be_listed_are_no_empty_list(
    sandbox: SandboxServer, make_shim: MakeShim
) -> None:
    refused = make_shim(sandbox.origin, secret="sk-byts-wrong").client.get("/v1beta/models")
    assert refused.status_code == 401
    assert refused.json()["error"]["status"] == "UNAUTHENTICATED"
    with closing(socket.create_server(("127.0.0.1", 0))) as plug:
        nowhere = f"http://127.0.0.1:{plug.getsockname()[1]}"
    assert make_shim(nowhere).client.get("/v1beta/models").status_code == 503
