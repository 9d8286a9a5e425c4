"""`tools` as one object, as the AI SDK 4 and Mastra 0.24 write them.

Google reads a single value as a list of one; ByteSpike's page has a list (contract.md 3.1).
"""

import json
import re
from typing import Any

from bytespike_cli.wire.json_bytes import json_bytes

_NAME = b'"tools"'
_ONE = re.compile(_NAME + rb"\s*:\s*\{")


def listed(body: bytes) -> bytes:
    """Return a body whose `tools` are a list; the very same one where they are, or are not there.

    Only what looks like such a body is parsed: it is asked of every request.
    """
    at = body.find(_NAME)  # far quicker than a pattern, in bodies that have files in them
    if at < 0 or not _ONE.search(body, at):
        return body
    try:
        content: Any = json.loads(body)
    except ValueError:
        return body
    if not isinstance(content, dict) or not isinstance(content.get("tools"), dict):
        return body
    content["tools"] = [content["tools"]]
    return json_bytes(content)
