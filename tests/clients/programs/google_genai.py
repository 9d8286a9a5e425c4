"""google-genai for Python, 2.x and 3.x, as its documentation uses it."""

import base64
import os

from google import genai
from google.genai import types

from loop import ABSENT_MODEL, BIRDS, MODEL, serve, streamed


CLIENTS = {}


def models():
    """Return a client for the address of now; one takes 80 ms to make."""
    address = os.environ.get("GOOGLE_GEMINI_BASE_URL")
    if address not in CLIENTS:
        CLIENTS[address] = genai.Client()
    return CLIENTS[address].models


def chats():
    models()
    return CLIENTS[os.environ.get("GOOGLE_GEMINI_BASE_URL")].chats


def generate(asked):
    return {"text": models().generate_content(model=MODEL, contents=asked["question"]).text}


def stream(asked):
    chunks = models().generate_content_stream(model=MODEL, contents=asked["question"])
    return streamed([chunk.text or "" for chunk in chunks])


def chat(asked):
    talk = chats().create(model=MODEL)
    first, *rest = asked["questions"]
    talk.send_message(first)
    text = ""
    for question in rest:
        text = "".join(chunk.text or "" for chunk in talk.send_message_stream(question))
    return {"text": text}


def system(asked):
    config = types.GenerateContentConfig(system_instruction=asked["system"])
    answer = models().generate_content(model=MODEL, contents=asked["question"], config=config)
    return {"text": answer.text}


def tools(asked):
    calls = []

    def add(a: int, b: int) -> str:
        """Add two numbers."""
        calls.append([a, b])
        return str(a + b)

    config = types.GenerateContentConfig(tools=[add])
    answer = models().generate_content(model=MODEL, contents=asked["question"], config=config)
    return {"text": answer.text, "calls": calls}


def schema(asked):
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=BIRDS
    )
    answer = models().generate_content(model=MODEL, contents=asked["question"], config=config)
    return {"value": answer.parsed}


def image(asked):
    picture = types.Part.from_bytes(data=base64.b64decode(asked["image"]), mime_type="image/png")
    contents = [picture, asked["question"]]
    return {"text": models().generate_content(model=MODEL, contents=contents).text}


def list_models(asked):
    return {"names": [model.name for model in models().list(config={"page_size": 3})]}


def count(asked):
    counted = models().count_tokens(model=MODEL, contents=asked["question"])
    return {"tokens": counted.total_tokens}


def absent(asked):
    return {"text": models().generate_content(model=ABSENT_MODEL, contents="say hi").text}


serve(globals(), status=lambda error: getattr(error, "code", None))
