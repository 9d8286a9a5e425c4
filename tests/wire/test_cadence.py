import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.cadence import LONGEST_S, WAIT_S, poll_delay_s
from bytespike_cli.wire.media_slug import Surface


@pytest.mark.parametrize(
    ("model", "elapsed_s", "delay_s"),
    [
        ("veo-3.1", 0, 2),
        ("veo-3.1", 59, 2),
        ("veo-3.1", 61, 5),
        ("veo-3-1", 179, 5),
        ("veo-3.1-fast", 29, 1),
        ("veo3.1-fast", 31, 2),
        ("sora-2", 179, 2),
        ("sora-2", 181, 5),
        ("sora2-pro", 89, 2),
        ("sora2-pro", 91, 5),
        ("seedance-1.5-pro", 61, 5),
        ("never-heard-of", 1, 2),
        ("", 100, 5),
    ],
)
def test_the_pages(model: str, elapsed_s: float, delay_s: float) -> None:
    assert poll_delay_s(elapsed_s, model=model) == delay_s


def test_the_other_surface() -> None:
    assert poll_delay_s(0, model="veo3.1", surface=Surface.VIDEOS) == 5


def test_a_longer_estimate_stretches_it() -> None:
    assert poll_delay_s(0, model="veo-3.1", estimate_s=360) == 4
    assert poll_delay_s(100, model="veo-3.1", estimate_s=360) == 4
    assert poll_delay_s(200, model="veo-3.1", estimate_s=360) == 10
    assert poll_delay_s(0, model="veo-3.1", estimate_s=20) == 2


def test_what_takes_too_long_is_asked_for_less_and_less() -> None:
    assert poll_delay_s(360, model="veo-3.1") == 10
    assert poll_delay_s(24 * 3600, model="veo-3.1") == LONGEST_S


@given(
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.sampled_from(["veo-3.1", "veo-3.1-fast", "sora-2", "", "x"]),
    st.sampled_from([Surface.TASKS, Surface.VIDEOS]),
    st.none() | st.floats(0, 1e6),
)
def test_never_hasty_and_never_faster_again(
    earlier: float, later: float, model: str, surface: Surface, estimate_s: float | None
) -> None:
    earlier, later = sorted((earlier, later))
    first = poll_delay_s(earlier, model=model, surface=surface, estimate_s=estimate_s)
    second = poll_delay_s(later, model=model, surface=surface, estimate_s=estimate_s)
    assert 1 <= first <= second <= LONGEST_S


def test_the_default_is_generous() -> None:
    assert WAIT_S >= 600
