import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.json_stream import JsonArrayParser, JsonArrayWriter, StreamTooLarge

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
)
ELEMENTS = st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), max_size=4)


def _parse(data: bytes, cuts: list[int]) -> list[Any]:
    parser = JsonArrayParser()
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    found = [element for start, end in pairwise(edges) for element in parser.feed(data[start:end])]
    assert not parser.pending
    return [json.loads(element) for element in found + parser.close()]


@given(ELEMENTS, st.sampled_from([None, 2]), st.booleans(), st.lists(st.integers(0, 999)))
def test_arrays_in_any_split(
    elements: list[Any], indent: int | None, ascii_only: bool, cuts: list[int]
) -> None:
    data = json.dumps(elements, indent=indent, ensure_ascii=ascii_only).encode(
        errors="surrogatepass"
    )
    assert _parse(data, cuts) == elements


@given(ELEMENTS, st.sampled_from(["\n", "", "\r\n", ",\n", "\n\n"]), st.lists(st.integers(0, 999)))
def test_ndjson_and_concatenated_objects_in_any_split(
    elements: list[Any], separator: str, cuts: list[int]
) -> None:
    data = separator.join(map(json.dumps, elements)).encode()
    assert _parse(data, cuts) == elements


@given(ELEMENTS)
def test_what_the_writer_writes_is_one_array(elements: list[Any]) -> None:
    writer = JsonArrayWriter()
    written = b"".join(writer.write(json.dumps(element).encode()) for element in elements)
    assert json.loads(written + writer.close()) == elements


def test_each_element_is_written_at_once() -> None:
    writer = JsonArrayWriter()
    assert writer.write(b"{}") == b"[{}"
    assert writer.write(b"{}") == b",\n{}"


def test_an_unfinished_element_is_pending_and_not_returned() -> None:
    parser = JsonArrayParser()
    assert parser.feed(b'[{"a": 1},\n{"text": "half of a }') == [b'{"a": 1}']
    assert parser.pending
    assert parser.close() == []


def test_memory_is_bounded() -> None:
    parser = JsonArrayParser(max_element_bytes=100)
    assert len(parser.feed(b'{"a": 1}' * 100)) == 100
    with pytest.raises(StreamTooLarge):
        parser.feed(b'{"a": "' + b"x" * 100)


@given(st.lists(st.binary(max_size=20)))
def test_random_bytes_never_raise(chunks: list[bytes]) -> None:
    parser = JsonArrayParser()
    for chunk in chunks:
        parser.feed(chunk)
    parser.close()
