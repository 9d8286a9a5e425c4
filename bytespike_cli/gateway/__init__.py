"""The gateway as an httpx client on top of wire/: the only package that imports httpx.

Import it inside functions: it costs about 0.1 s, which a command that asks nothing must not pay.
"""

from bytespike_cli.gateway.answers import Answer, AnswerStream, Chunk, KeyCheck
from bytespike_cli.gateway.client import Gateway

__all__ = ["Answer", "AnswerStream", "Chunk", "Gateway", "KeyCheck"]
