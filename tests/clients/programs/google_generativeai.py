"""google-generativeai for Python over REST, as its documentation used it."""

import base64
import json
import os
import warnings

warnings.simplefilter("ignore")  # it says at every start that it is deprecated

import google.generativeai as genai
from google.generativeai.types import RequestOptions

from loop import ABSENT_MODEL, BIRDS, MODEL, serve, streamed


# With options of its user's it asks once; without, it repeats a 503 for ten minutes.
ONCE = RequestOptions(timeout=30)


def model(name=MODEL, **rest):
    genai.configure(
        api_key=os.environ["GEMINI_API_KEY"],
        transport="rest",
        client_options={"api_endpoint": os.environ.get("GOOGLE_GEMINI_BASE_URL")},
    )
    return genai.GenerativeModel(name, **rest)


def generate(asked):
    return {"text": model().generate_content(asked["question"], request_options=ONCE).text}


def stream(asked):
    return streamed(
        [chunk.text for chunk in model().generate_content(asked["question"], stream=True)]
    )


def chat(asked):
    talk = model().start_chat()
    return {"text": [talk.send_message(question).text for question in asked["questions"]][-1]}


def system(asked):
    told = model(system_instruction=asked["system"])
    return {"text": told.generate_content(asked["question"]).text}


def tools(asked):
    calls = []

    def add(a: int, b: int) -> str:
        """Add two numbers."""
        calls.append([int(a), int(b)])
        return str(int(a) + int(b))

    talk = model(tools=[add]).start_chat(enable_automatic_function_calling=True)
    return {"text": talk.send_message(asked["question"]).text, "calls": calls}


def schema(asked):
    config = genai.GenerationConfig(response_mime_type="application/json", response_schema=BIRDS)
    answer = model().generate_content(asked["question"], generation_config=config)
    return {"value": json.loads(answer.text)}


def image(asked):
    picture = {"mime_type": "image/png", "data": base64.b64decode(asked["image"])}
    return {"text": model().generate_content([picture, asked["question"]]).text}


def list_models(asked):
    model()
    return {"names": [each.name for each in genai.list_models(page_size=3)]}


def count(asked):
    return {"tokens": model().count_tokens(asked["question"]).total_tokens}


def absent(asked):
    return {"text": model(ABSENT_MODEL).generate_content("say hi").text}


serve(globals(), status=lambda error: getattr(error, "code", None))
