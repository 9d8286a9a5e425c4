"""LiteLLM, as its documentation uses it with Gemini."""

import asyncio
import json
import os

import litellm

from loop import ABSENT_MODEL, BIRDS, MODEL, serve, streamed

litellm.suppress_debug_info = True
GEMINI = f"gemini/{MODEL}"


def user(content):
    return {"role": "user", "content": content}


def complete(*messages, model=GEMINI, **rest):
    return litellm.completion(model=model, messages=list(messages), **rest).choices[0].message


def generate(asked):
    return {"text": complete(user(asked["question"])).content}


def stream(asked):
    chunks = litellm.completion(model=GEMINI, messages=[user(asked["question"])], stream=True)
    return streamed([chunk.choices[0].delta.content or "" for chunk in chunks])


def chat(asked):
    messages = []
    for question in asked["questions"]:
        messages.append(user(question))
        messages.append(complete(*messages))
    return {"text": messages[-1].content}


def system(asked):
    told = {"role": "system", "content": asked["system"]}
    return {"text": complete(told, user(asked["question"])).content}


def tools(asked):
    number = {"type": "integer"}
    parameters = {"type": "object", "properties": {"a": number, "b": number}}
    add = {"name": "add", "description": "Add two numbers.", "parameters": parameters}
    offered = [{"type": "function", "function": add}]
    question = user(asked["question"])
    message = complete(question, tools=offered)
    call = message.tool_calls[0]
    given = json.loads(call.function.arguments)
    result = {"role": "tool", "tool_call_id": call.id, "content": str(given["a"] + given["b"])}
    answer = complete(question, message, result, tools=offered)
    return {"text": answer.content, "calls": [[given["a"], given["b"]]]}


def schema(asked):
    shape = {"type": "json_schema", "json_schema": {"name": "birds", "schema": BIRDS}}
    return {"value": json.loads(complete(user(asked["question"]), response_format=shape).content)}


def image(asked):
    url = f"data:image/png;base64,{asked['image']}"
    picture = {"type": "image_url", "image_url": {"url": url}}
    words = {"type": "text", "text": asked["question"]}
    return {"text": complete(user([words, picture])).content}


def list_models(asked):
    found = litellm.get_valid_models(check_provider_endpoint=True, custom_llm_provider="gemini")
    return {"names": found}


def count(asked):
    # It reads GEMINI_API_BASE for every call but this one.
    base = os.environ["GEMINI_API_BASE"]
    messages = [user(asked["question"])]
    counted = asyncio.run(litellm.acount_tokens(model=GEMINI, messages=messages, api_base=base))
    return {"tokens": counted.total_tokens, "by": counted.tokenizer_type}


def absent(asked):
    return {"text": complete(user("say hi"), model=f"gemini/{ABSENT_MODEL}").content}


serve(globals(), status=lambda error: getattr(error, "status_code", None))
