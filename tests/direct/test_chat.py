import pytest

from bytespike_cli.direct.attachments import MAX_TOTAL_BYTES, Attachment, of_bytes
from bytespike_cli.direct.chat import Conversation
from bytespike_cli.errors import UsageError


def roles(conversation: Conversation) -> list[str]:
    return [turn["role"] for turn in conversation.turns]


def test_a_message_is_asked_after_everything_before_it() -> None:
    conversation = Conversation("gemini-3-flash")
    conversation.keep("hi", "hello")
    body = conversation.body("and now?")
    assert [turn["parts"][0]["text"] for turn in body["contents"]] == ["hi", "hello", "and now?"]
    assert roles(conversation) == ["user", "model"]


def test_an_answer_of_nothing_leaves_no_trace_and_keeps_the_files() -> None:
    conversation = Conversation("m")
    conversation.attach(of_bytes("a.txt", b"a"))
    conversation.keep("hi", "")
    assert (conversation.turns, len(conversation.waiting)) == ([], 1)


def test_a_file_goes_with_one_message() -> None:
    conversation = Conversation("m")
    conversation.attach(of_bytes("a.txt", b"a"))
    assert len(conversation.body("what?")["contents"][0]["parts"]) == 2
    conversation.keep("what?", "a letter")
    assert len(conversation.body("sure?")["contents"][2]["parts"]) == 1


def test_a_file_too_many_is_refused_and_not_kept() -> None:
    conversation = Conversation("m")
    conversation.attach(Attachment("a.mp4", "video/mp4", "", MAX_TOTAL_BYTES))
    with pytest.raises(UsageError, match="too large"):
        conversation.attach(Attachment("b.mp4", "video/mp4", "", 1))
    assert len(conversation.waiting) == 1


def test_a_stopped_answer_is_marked() -> None:
    conversation = Conversation("m")
    conversation.keep("count", "1 2 3", complete=False)
    assert conversation.turns[1]["parts"][0]["text"] == "1 2 3 […]"


def test_transcript_and_clear() -> None:
    conversation = Conversation("m")
    conversation.attach(of_bytes("a.png", b"\x89PNG\r\n\x1a\n"))
    conversation.keep("what is this?", "A dot.\n")
    assert conversation.transcript() == (
        "# Conversation with m\n\n## You\n\n*[image/png]*\n\nwhat is this?\n\n## Model\n\nA dot.\n"
    )
    conversation.clear()
    assert conversation.transcript() == "# Conversation with m\n"
