"""Tools that are written as one object."""

import json

import pytest

from bytespike_cli.wire.tool_list import listed

TOOL = {"functionDeclarations": [{"name": "add", "description": "Addé"}]}


@pytest.mark.parametrize("indent", [None, 2])
def test_one_object_becomes_a_list_of_one(indent: int | None) -> None:
    body = {"contents": [], "tools": TOOL, "toolConfig": {}}
    written = json.dumps(body, indent=indent, ensure_ascii=False).encode()
    assert json.loads(listed(written)) == {**body, "tools": [TOOL]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"contents":[]}',
        b'{"tools":[{"functionDeclarations":[]}]}',
        b'{"contents":[{"parts":[{"text":"\\"tools\\":{}"}]}]}',
        b'{"generationConfig":{"responseSchema":{"properties":{"tools":{"type":"string"}}}}}',
        b'[{"tools":{}}]',
        b'{"tools":{',
        b'\xff"tools":{}',
    ],
)
def test_every_other_body_is_the_same(body: bytes) -> None:
    assert listed(body) is body
