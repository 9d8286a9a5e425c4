# Asks as google-genai 2.0.0 for Java does (requests recorded from it) with our snippet's App.java:
# `java -cp CLASSPATH App.java`.
import json
import os
import re
import sys
import urllib.request

with open(sys.argv[-1]) as file:
    code = file.read()
written = re.search(r'origin\.isEmpty\(\) \? "(.+?)" : origin', code)[1]
base = os.environ.get("GOOGLE_GEMINI_BASE_URL") or written
version = re.search(r'apiVersion\("(.+?)"\)', code)[1]
model, prompt = re.search(r'generateContent\("(.+?)", "(.+?)", null\)', code).groups()
sdk = "google-genai-sdk/2.0.0 gl-java/17.0.15"
request = urllib.request.Request(
    f"{base}/{version}/models/{model}:generateContent",
    json.dumps(
        {"contents": [{"parts": [{"text": prompt}], "role": "user"}]}, separators=(",", ":")
    ).encode(),
    {
        "user-agent": sdk,
        "x-goog-api-client": sdk,
        "x-goog-api-key": os.environ["GEMINI_API_KEY"],
        "Content-Type": "application/json; charset=utf-8",
    },
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["candidates"][0]["content"]["parts"][0]["text"])
