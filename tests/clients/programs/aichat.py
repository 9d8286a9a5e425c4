# Asks as aichat 0.30.0 does (requests recorded from a build of it), without a configuration:
# `aichat --model gemini:ID TEXT`. It reads a JSON array, a stream of JSON or of events alike.
import json
import os
import sys
import urllib.request

model, text = sys.argv[sys.argv.index("--model") + 1], sys.argv[-1]
platform, _, model = model.partition(":")
if os.environ.get("AICHAT_PLATFORM") != platform:
    sys.exit("Failed to load config: No such file or directory")
base, key = os.environ["GEMINI_API_BASE"], os.environ["GEMINI_API_KEY"]
body = {"contents": [{"role": "user", "parts": [{"text": text}]}], "generationConfig": {}}
request = urllib.request.Request(
    f"{base}/models/{model}:streamGenerateContent?key={key}",
    json.dumps(body).encode(),
    {"content-type": "application/json", "accept": "*/*"},
)
with urllib.request.urlopen(request) as answer:
    rest = answer.read().decode()
while (start := rest.find("{")) >= 0:
    chunk, end = json.JSONDecoder().raw_decode(rest, start)
    rest = rest[end:]
    for part in chunk["candidates"][0].get("content", {}).get("parts", ()):
        print(part.get("text", ""), end="")
print()
