"""Which of the gateway's own paths a session token may be used for."""

import pytest

from bytespike_cli.wire.surfaces import Use, use_of


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/chat/completions"),
        ("POST", "/v1/messages"),
        ("POST", "/v1/tasks/cancel/task_01"),
        ("GET", "/v1/models"),
        ("GET", "/v1/usage"),
        ("DELETE", "/v1/files/file-1"),
        ("POST", "/v1beta/openai/chat/completions"),
        ("GET", "/api/v1/me/account"),
        ("HEAD", "/api/v1/me/usage"),
    ],
)
def test_what_the_key_is_for_passes(method: str, path: str) -> None:
    assert use_of(method, path) is Use.WORK


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/keys/1/reveal"),
        ("GET", "/v1/keys"),
        ("GET", "/v1beta/keys"),
        ("POST", "/v1/keys:rotate"),
        ("GET", "/v1/account/capabilities"),
        ("GET", "/api/v1/keys/1/reveal"),
        ("GET", "/api/v1/groups/available"),
        ("POST", "/api/v1/me/webhooks"),
        ("DELETE", "/api/v1/me/webhooks/1"),
    ],
)
def test_keys_and_accounts_are_not_managed(method: str, path: str) -> None:
    assert use_of(method, path) is Use.MANAGE


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/admin",
        "/favicon.ico",
        "/@evil.example/v1/models",
        "/%61pi/v1/keys",
        "/api;x/v1/keys",
        "/v1/%6beys/1/reveal",
        "/v1/Keys",
        "/V1/keys",
        "/v1;x/keys",
        "/v1/keys;x/1/reveal",
        "/v1/",
    ],
)
def test_another_spelling_of_a_path_is_not_passed_on(path: str) -> None:
    """A gateway, or what stands before it, may decode it, or ignore case and parameters."""
    assert use_of("GET", path) is Use.NOTHING


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PROPFIND"])
def test_methods_that_no_client_needs_are_not_passed_on(method: str) -> None:
    assert use_of(method, "/v1/models") is Use.NOTHING
