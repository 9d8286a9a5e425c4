"""The journal keeps what tests want to see, and no key."""

import threading

from bytespike_cli.sandbox.journal import KEPT, Journal

SECRETS = {
    "x-goog-api-key": "s3cret",
    "x-api-key": "s3cret",
    "authorization": "Bearer s3cret",
    "cookie": "s3cret",
    "proxy-authorization": "s3cret",
}


def test_no_secret_is_kept() -> None:
    record = Journal().open("GET", "/p", {"key": "s3cret", "alt": "sse"}, {**SECRETS, "a": "b"})
    assert "s3cret" not in repr(record)
    assert (record.headers, record.query) == ({"a": "b"}, {"alt": "sse"})


def test_the_public_form_leaves_the_body_out() -> None:
    record = Journal().open("GET", "/p", {}, {})
    record.body = {"contents": []}
    assert "body" not in record.public()
    assert record.public()["path"] == "/p"


def test_it_is_bounded_and_goes_on_counting() -> None:
    journal = Journal()
    for _ in range(KEPT + 5):
        journal.open("GET", "/p", {}, {})
    assert len(journal) == KEPT
    assert (journal[0].number, journal[-1].number) == (6, KEPT + 5)
    journal.clear()
    assert list(journal) == []


def test_waiting() -> None:
    journal = Journal()
    record = journal.open("GET", "/p", {}, {})
    closer = threading.Thread(target=journal.close, args=(record,))
    closer.start()
    assert journal.wait_for(lambda j: j[-1].finished)
    closer.join()
    assert not journal.wait_for(lambda j: len(j) > 1, timeout_s=0)
