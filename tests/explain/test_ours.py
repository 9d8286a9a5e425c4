"""What the shim has said decides: the statuses of its own stop clients, and name no cause."""

import pytest

from bytespike_cli.explain.explain import explain
from bytespike_cli.explain.ours import cause_said
from bytespike_cli.wire.causes import CAUSES, Cause
from bytespike_cli.wire.envelope import (
    as_array_element,
    midstream_error,
    parse_error,
)

NO_CAPACITY = b'{"error":{"code":503,"message":"no capacity","status":"UNAVAILABLE"}}'
CUT = "[bytespike] The gateway's stream was cut before its end: what you see is incomplete."


@pytest.mark.parametrize(
    "text",
    [
        f"ClientError: 403 PERMISSION_DENIED. {{'error': {{'code': 403, 'message': \"{CUT}\"}}}}",
        f'{{"error":{{"code":403,"message":"{CUT}","status":"PERMISSION_DENIED"}}}}',
        f"Failed to parse candidates field: … which is {CUT} at GenerateContentResponse.",
        "raised: '" + CUT.replace("'", "\\'") + "'",
    ],
)
def test_a_cut_stream_in_the_words_of_clients(text: str) -> None:
    assert [found.name for found in explain(text)] == ["stream-cut"]


def test_an_error_in_mid_stream_is_not_about_the_key() -> None:
    """It travels as a 403, which stops gemini-cli."""
    error = midstream_error(parse_error(NO_CAPACITY))
    for text in (error, as_array_element(error)):
        assert [found.name for found in explain(text.decode())] == [Cause.OVERLOADED]


@pytest.mark.parametrize("cause", CAUSES)
def test_every_sentence_is_known_again(cause: Cause) -> None:
    sentence = CAUSES[cause].sentence.format(model="the model 'x'")
    said = cause_said(f"403: something [bytespike] {sentence}")
    vague = (Cause.UNKNOWN,)
    assert (said and said[0]) == (None if cause in vague else cause)


def test_words_that_are_not_ours_name_nothing() -> None:
    assert cause_said("The gateway has no capacity or timed out.") is None
    assert cause_said("[bytespike] There is no model 'gemini-9' for the key.") is None
