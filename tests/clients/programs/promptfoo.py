# Asks as promptfoo 0.121.20 does (requests recorded from it) with a promptfooconfig.yaml of one
# provider, one prompt and one test: `promptfoo eval`.
import json
import os
import re
import sys
import urllib.request

with open("promptfooconfig.yaml") as file:
    config = file.read()
model = re.search(r"^  - google:(\S+)$", config, re.MULTILINE)[1]
prompt = re.search(r"^prompts:\n  - (.+)$", config, re.MULTILINE)[1]
for name, value in re.findall(r"(\w+): (\w+)", re.search(r"vars: \{(.+)\}", config)[1]):
    prompt = prompt.replace("{{" + name + "}}", value)
if sys.argv[1:] != ["eval"]:
    sys.exit("usage: promptfoo eval")
host = os.environ.get("GOOGLE_API_HOST") or os.environ.get("PALM_API_HOST")
base = f"https://{host}" if host else os.environ["GOOGLE_API_BASE_URL"]
body = {"contents": [{"parts": [{"text": prompt}], "role": "user"}], "generationConfig": {}}
request = urllib.request.Request(
    f"{base}/v1beta/models/{model}:generateContent",
    json.dumps(body, separators=(",", ":")).encode(),
    {
        "Content-Type": "application/json",
        "x-goog-api-key": os.environ.get("GOOGLE_API_KEY") or os.environ["GEMINI_API_KEY"],
        "x-promptfoo-version": "0.121.20",
        "accept": "*/*",
        "accept-language": "*",
        "sec-fetch-mode": "cors",
        "user-agent": "node",
    },
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["candidates"][0]["content"]["parts"][0]["text"])
