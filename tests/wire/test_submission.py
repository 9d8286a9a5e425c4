import json
from typing import Any

import pytest

from bytespike_cli.wire.classify import Failure, classify
from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.submission import Submission
from bytespike_cli.wire.tasks import SubmitForm
from bytespike_cli.wire.video import VideoRequest

NESTED, FLAT, VIDEOS = SubmitForm.NESTED, SubmitForm.FLAT, SubmitForm.VIDEOS
CATALOGUE = ("veo-3-1", "veo-3.1", "veo3.1")


def refusal(status: int, code: str, message: str = "no") -> Failure:
    body = {"error": {"code": code, "message": message}}
    return classify(status, json.dumps(body).encode(), headers={}, path="/v1/tasks/submit")


MISSING = refusal(400, "invalid_param", "prompt is required")
NO_PARAMS = refusal(400, "invalid_param", "params is required")
WRONG = refusal(400, "invalid_param", "duration_seconds must be between 1 and 8")
ABSENT = refusal(404, "not_found")
UNKNOWN = refusal(400, "model_not_found")


def video(model: str = "veo-3.1", **settings: Any) -> Submission:
    request = VideoRequest("fog", duration_s=6, resolution="720p")
    return Submission(model, request.params, "bsp-1", **{"catalogue": CATALOGUE, **settings})


def test_nested_then_flat() -> None:
    submission = video()
    assert submission.form is NESTED
    assert submission.refused(MISSING)
    assert (submission.form, submission.slug) == (FLAT, "veo-3.1")
    assert submission.call.body is not None
    assert submission.call.body["prompt"] == "fog"
    assert submission.call.body["out_task_id"] == "bsp-1"


def test_no_form_is_tried_twice() -> None:
    submission = video()
    assert submission.refused(MISSING)
    assert not submission.refused(NO_PARAMS)
    assert submission.failure is MISSING, "the answer to the form that could be read"


def test_flat_first_then_nested() -> None:
    submission = video(form=FLAT)
    assert submission.refused(NO_PARAMS)
    assert submission.form is NESTED
    assert not submission.refused(WRONG)
    assert submission.failure is WRONG


def test_a_wrong_value_is_the_answer() -> None:
    submission = video()
    assert not submission.refused(WRONG)
    assert submission.failure is WRONG


def test_the_other_surface_has_its_own_names_and_spelling() -> None:
    submission = video("veo 3.1")
    assert submission.slug == "veo-3.1"
    assert submission.refused(ABSENT)
    assert (submission.surface, submission.slug) == (Surface.VIDEOS, "veo3.1")
    assert submission.call.path == "/v1/videos/generations"
    assert submission.call.body == {
        "model": "veo3.1",
        "prompt": "fog",
        "duration_seconds": 6,
        "size": "1280x720",
    }
    assert not submission.refused(ABSENT)


def test_a_surface_that_was_chosen_is_kept() -> None:
    submission = video(may_change=False)
    assert not submission.refused(ABSENT)
    assert video(may_change=False, form=VIDEOS).surface is Surface.VIDEOS


def test_other_spellings_of_an_unknown_model() -> None:
    submission = video()
    seen = [submission.slug]
    while submission.refused(UNKNOWN):
        seen.append(submission.slug)
    assert seen == ["veo-3.1", "veo-3-1", "veo3.1"]
    assert submission.failure is UNKNOWN


def test_without_a_catalogue_the_documented_spelling_comes_first() -> None:
    submission = video("veo-3-1", catalogue=None)
    assert submission.slug == "veo-3.1"
    assert submission.refused(UNKNOWN)
    assert submission.slug == "veo-3-1"
    assert not submission.refused(UNKNOWN)


def test_a_submit_is_repeated_as_it_was() -> None:
    submission = video(form=FLAT, slug="veo-3-1")
    assert (submission.form, submission.slug) == (FLAT, "veo-3-1")


@pytest.mark.parametrize(
    "failure",
    [refusal(402, "insufficient_balance"), refusal(451, ""), refusal(409, "duplicate_out_task_id")],
)
def test_what_no_other_attempt_would_change(failure: Failure) -> None:
    assert not video().refused(failure)
