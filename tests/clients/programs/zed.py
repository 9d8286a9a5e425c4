# Asks as Zed does with its settings (crates/google_ai/src/google_ai.rs and completion.rs of
# zed-industries/zed; as before it passed over a [DONE]): `zed.py SETTINGS TEXT`. Each candidate has
# to have a content with a role there.
import json
import os
import re
import sys
import urllib.request

with open(sys.argv[1]) as file:
    settings = json.loads(re.sub(r"^\s*//.*$", "", file.read(), flags=re.MULTILINE))
google = settings["language_models"]["google"]
model = google["available_models"][0]
if not (isinstance(model["name"], str) and isinstance(model["max_tokens"], int)):
    sys.exit("the settings are not Zed's")
key = os.environ["GEMINI_API_KEY"].strip()
body = {
    "contents": [{"parts": [{"text": sys.argv[2]}], "role": "user"}],
    "generationConfig": {"candidateCount": 1, "stopSequences": [], "temperature": 1.0},
}
request = urllib.request.Request(
    f"{google['api_url']}/v1beta/models/{model['name']}:streamGenerateContent?alt=sse&key={key}",
    json.dumps(body).encode(),
    {"Content-Type": "application/json"},
)
failed = False
with urllib.request.urlopen(request) as answer:
    for line in answer.read().decode().splitlines():
        if not line.startswith("data: "):
            continue
        try:
            event = json.loads(line.removeprefix("data: "))
            contents = [candidate["content"] for candidate in event.get("candidates", ())]
            assert all(content["role"] in ("user", "model") for content in contents)
        except (ValueError, KeyError, AssertionError):
            print(f"Error parsing JSON: {line}", file=sys.stderr)
            failed = True
            continue
        for content in contents:
            print("".join(part.get("text", "") for part in content.get("parts", ())), end="")
print()
sys.exit(failed)
