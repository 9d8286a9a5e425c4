import re

import pytest

from bytespike_cli.explain.symptoms import BY_NAME, SYMPTOMS, sentence_of, symptoms_of
from bytespike_cli.wire.causes import Cause


def test_names_are_used_once() -> None:
    assert len(BY_NAME) == len(SYMPTOMS)


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda s: s.name)
def test_every_row_is_whole(symptom) -> None:  # type: ignore[no-untyped-def]
    re.compile(symptom.shows)
    assert symptom.sentence.endswith(".")
    assert symptom.fix
    assert bool(symptom.may_be) == bool(symptom.check)
    for name in symptom.may_be:
        assert sentence_of(name).endswith(".")


def test_a_row_needs_all_that_it_names_and_nothing_that_it_excludes() -> None:
    request = "> POST /v1beta/models/m:generateContent HTTP/1.1\n"
    refused = "< HTTP/1.1 401 Unauthorized\n"

    def names(text: str) -> list[str]:
        return [symptom.name for symptom, _ in symptoms_of(text)]

    assert "missing-key" in names(request + refused)
    assert "missing-key" not in names(request)
    assert "missing-key" not in names(request + "> x-goog-api-key: k\n" + refused)


def test_the_line_is_given_with_the_symptom() -> None:
    (found,) = symptoms_of("first\nError: getaddrinfo ENOTFOUND host\nlast")
    assert found[1] == "Error: getaddrinfo ENOTFOUND host"


def test_sentences_of_causes_too() -> None:
    assert "balance" in sentence_of(Cause.NO_BALANCE)
