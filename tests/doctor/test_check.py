import pytest

from bytespike_cli.doctor.check import Family
from tests.doctor.conftest import check_of


def test_the_family_is_the_beginning_of_the_id() -> None:
    assert check_of("network.dns").family is Family.NETWORK


def test_a_family_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        _ = check_of("weather.rain").family
