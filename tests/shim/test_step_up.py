"""A client's silent step up to a dearer model."""

from bytespike_cli.shim.choice import Choice
from bytespike_cli.shim.step_up import WITHIN_S, Failed, StepUp


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


LITE = Choice("gemini-3.5-flash-lite", "gemini-2-5-flash", by_client=True)
FLASH = Choice("gemini-3.8-flash", "gemini-3-5-flash", by_client=True)
PRO = Choice("gemini-3.1-pro-preview", "gemini-3-1-pro", by_client=True)
TYPED_PRO = Choice("gemini-3.1-pro", "gemini-3-1-pro", by_client=False)


def test_a_dearer_model_after_a_failure_gets_that_failure() -> None:
    steps = StepUp(Clock())
    steps.failed(LITE, 424, b"the failure")
    assert steps.refusal(PRO) == Failed(424, b"the failure")
    assert steps.refusal(FLASH) == Failed(424, b"the failure")


def test_the_same_or_a_cheaper_model_is_asked() -> None:
    steps = StepUp(Clock())
    steps.failed(FLASH, 424, b"")
    assert steps.refusal(FLASH) is None
    assert steps.refusal(LITE) is None


def test_what_the_user_typed_is_asked_and_never_remembered() -> None:
    steps = StepUp(Clock())
    steps.failed(LITE, 424, b"")
    assert steps.refusal(TYPED_PRO) is None
    other = StepUp(Clock())
    other.failed(TYPED_PRO, 424, b"")
    assert other.refusal(PRO) is None


def test_a_success_clears_it_and_a_model_that_has_served_may_go_on() -> None:
    """The router chose pro: a helper that fails afterwards must not end the turn."""
    steps = StepUp(Clock())
    steps.served(LITE)
    steps.served(PRO)
    steps.failed(FLASH, 424, b"")
    assert steps.refusal(PRO) is None
    fresh = StepUp(Clock())
    fresh.failed(LITE, 424, b"")
    fresh.served(LITE)
    assert fresh.refusal(PRO) is None


def test_it_is_forgotten_after_a_moment() -> None:
    clock = Clock()
    steps = StepUp(clock)
    steps.failed(LITE, 424, b"")
    clock.now += WITHIN_S + 1
    assert steps.refusal(PRO) is None
