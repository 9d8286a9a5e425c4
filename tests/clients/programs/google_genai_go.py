# Asks as google.golang.org/genai v1.77.0 does (its requests recorded, byte for byte) in a program
# that is `bytespike snippet go`: `google_genai_go.py MAIN.go [--stream]`. Each line of a stream
# that is neither empty nor `data:` and JSON is an error there (api_client.go).
import gzip
import http.client
import json
import os
import re
import socket
import sys
import urllib.parse

with open(sys.argv[1]) as file:
    code = file.read()
stream = "--stream" in sys.argv
literal = r'("(?:[^"\\]|\\.)*")'
(origin,) = re.findall(rf'cmp\.Or\(os\.Getenv\("GOOGLE_GEMINI_BASE_URL"\), {literal}\)', code)
(model,) = re.findall(rf"GenerateContent\(ctx, {literal}, genai\.Text", code)
(version,) = re.findall(rf"APIVersion: {literal}", code)
(key,) = re.findall(rf"APIKey:\s+os\.Getenv\({literal}\)", code)
address = os.environ.get("GOOGLE_GEMINI_BASE_URL") or json.loads(origin)
host = urllib.parse.urlsplit(address).netloc
method = "streamGenerateContent?alt=sse" if stream else "generateContent"
body = '{"contents":[{"parts":[{"text":"say hi"}],"role":"user"}]}\n'
request = [
    f"POST /{json.loads(version)}/models/{json.loads(model)}:{method} HTTP/1.1",
    f"Host: {host}",
    "User-Agent: google-genai-sdk/1.77.0 gl-go/go1.26.8",
    f"Content-Length: {len(body)}",
    "Content-Type: application/json",
    "X-Goog-Api-Client: google-genai-sdk/1.77.0 gl-go/go1.26.8",
    f"X-Goog-Api-Key: {os.environ[json.loads(key)]}",
    "Accept-Encoding: gzip",
    "",
    body,
]
with socket.create_connection((host.partition(":")[0], int(host.partition(":")[2]))) as connection:
    connection.sendall("\r\n".join(request).encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    raw = answer.read()
if answer.headers["Content-Encoding"] == "gzip":
    raw = gzip.decompress(raw)
text = raw.decode()
if answer.status >= 300:
    error = json.loads(text)["error"]
    told = f"Error {error['code']}, Message: {error['message']}, Status: {error['status']}"
    sys.exit(f"{told}, Details: []")
for line in text.split("\n") if stream else [f"data:{text}"]:
    line = line.removesuffix("\r")
    prefix, _, data = line.partition(":")
    if not line:
        continue
    if prefix != "data":
        sys.exit(f"iterateResponseStream: invalid stream chunk: {prefix}:{data}")
    try:
        event = json.loads(data)
    except ValueError as e:
        sys.exit(f"iterateResponseStream: error unmarshalling data data:{data}. error: {e}")
    if "error" in event:
        error = event["error"]
        sys.exit(f"Error {error['code']}, Message: {error['message']}, Status: {error['status']}")
    for part in event["candidates"][0].get("content", {}).get("parts", ()):
        print(part.get("text", ""), end="")
print()
