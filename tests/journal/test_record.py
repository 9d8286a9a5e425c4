from bytespike_cli.journal.record import FINAL, PREPARED, REFUSED, SENDING, Record, new_id
from bytespike_cli.wire.media_slug import Surface


def record(**values: object) -> Record:
    usual: dict[str, object] = {
        "out_task_id": "bsp-0123456789abcdef0123",
        "kind": "video",
        "model": "veo 3.1",
        "key": "work",
        "origin": "https://gateway.example",
        "prompt": "fog",
        "created_at": 1.0,
    }
    return Record(**{**usual, **values})  # type: ignore[arg-type]


def test_ids_are_ours_and_new() -> None:
    ids = {new_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(len(i) == 24 and i.startswith("bsp-") for i in ids)


def test_states() -> None:
    assert not record().is_final
    assert not record(state=SENDING).is_accepted
    assert record(state="pending").is_accepted
    assert record(state=REFUSED).is_final
    assert not record(state=REFUSED).is_accepted
    assert {"completed", "failed", "cancelled", "expired"} <= FINAL


def test_what_is_shown() -> None:
    assert record().short_id == "bsp-01234567"
    assert record(out_task_id="bsp-2026-06-01-a").short_id == "bsp-2026-06-01-a"
    assert record(form="videos").surface is Surface.VIDEOS
    assert record(form="flat").surface is Surface.TASKS


def test_the_document_has_no_secret_and_no_picture() -> None:
    document = record(cost_usd="0.61", params={"tasks": {"image_init": "data:"}}).document()
    assert document["cost_usd"] == 0.61
    assert document["model"] == "veo 3.1"
    assert document["state"] == PREPARED
    assert document["task_id"] is None
    assert "params" not in document
    assert "data:" not in repr(record(params={"tasks": {"image_init": "data:"}}))
