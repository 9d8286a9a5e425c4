from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

import pytest

from bytespike_cli.wire.multipart import multipart

PNG = b"\x89PNG\r\n\x1a\n\r\nmore"


def name_of(part: Message) -> str:
    return str(part.get_param("name", header="content-disposition"))


@pytest.mark.parametrize(
    ("image", "kind"), [(PNG, "image/png"), (b"what is it?", "application/octet-stream")]
)
def test_a_reader_of_forms_finds_everything(image: bytes, kind: str) -> None:
    fields = {"model": "m", "prompt": 'a "crane",\r\nflying 鳥'}
    content_type, body = multipart(fields, image, "b0undary")
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    *texts, file = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    found = {
        part["Content-Disposition"].params["name"]: part.get_payload(decode=True) for part in texts
    }
    assert found == {name: value.encode() for name, value in fields.items()}
    assert file["Content-Disposition"].params["name"] == "image"
    assert (file.get_content_type(), file.get_payload(decode=True)) == (kind, image)
