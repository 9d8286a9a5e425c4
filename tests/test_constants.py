from bytespike_cli import constants


def test_every_variable_of_ours_is_explained() -> None:
    named = {value for name, value in vars(constants).items() if name.startswith("VAR_")}
    assert set(constants.OUR_VARIABLES) == named
    assert all(name.startswith("BYTESPIKE_") for name in named)
    assert all(constants.OUR_VARIABLES.values())


def test_headers_are_lower_case_as_they_are_compared() -> None:
    headers = [value for name, value in vars(constants).items() if name.startswith("HEADER_")]
    for header in (*headers, *constants.REQUEST_ID_HEADERS):
        assert header == header.lower()


def test_the_default_origin_is_an_origin() -> None:
    assert constants.DEFAULT_ORIGIN.count("/") == 2
