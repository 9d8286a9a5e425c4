"""A form with a file, as OpenAI's edits take it (contract.md 3.17, 8.8)."""

import json
from collections.abc import Mapping

from bytespike_cli.wire.media_type import extension, sniff


def multipart(fields: Mapping[str, str], image: bytes, boundary: str) -> tuple[str, bytes]:
    """Return a form's content type and body: its fields, and a picture named `image`.

    `boundary` is a text that does not occur in any of them.
    """
    mime = sniff(image) or "application/octet-stream"
    parts = [
        f"Content-Disposition: form-data; name={json.dumps(name)}\r\n\r\n{value}\r\n".encode()
        for name, value in fields.items()
    ]
    head = (
        f'Content-Disposition: form-data; name="image"; filename="image.{extension(mime)}"\r\n'
        f"Content-Type: {mime}\r\n\r\n"
    )
    parts.append(head.encode() + image + b"\r\n")
    opening = f"--{boundary}\r\n".encode()
    body = b"".join(opening + part for part in parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body
