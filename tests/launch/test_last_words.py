"""When the shim cannot run."""

import asyncio
import threading

import httpx

from bytespike_cli.launch.last_words import answer_all
from bytespike_cli.redact import remember
from bytespike_cli.shim.listener import address, listen


def test_every_request_is_told_what_went_wrong() -> None:
    remember("secret-of-the-defect")
    listener = listen()
    over = threading.Event()
    serving = threading.Thread(
        target=answer_all,
        args=(
            listener,
            lambda: asyncio.to_thread(over.wait),
            ImportError("no secret-of-the-defect"),
        ),
    )
    serving.start()
    url = address(listener) + "/v1beta/models/x:generateContent"
    for _ in range(2):
        answer = httpx.post(url, json={}, timeout=20, trust_env=False)
        assert answer.status_code == 424
        words = answer.json()["error"]["message"]
        assert "ImportError" in words
        assert "secret-of-the-defect" not in words
    over.set()
    serving.join(10)
    assert not serving.is_alive()
