"""Text to video, image to video, a picture: as in Google's documentation, but for the waits.

https://ai.google.dev/gemini-api/docs/video and .../image-generation
"""

import sys
import time

from google import genai
from google.genai import types

client = genai.Client()
video_model, image_model, folder = sys.argv[1:]


def wait(operation):
    while not operation.done:
        time.sleep(0.02)
        operation = client.operations.get(operation)
    return operation


operation = wait(
    client.models.generate_videos(
        model=video_model,
        source=types.GenerateVideosSource(prompt="fog over a lake"),
        config=types.GenerateVideosConfig(duration_seconds=4, aspect_ratio="16:9"),
    )
)
generated_video = operation.response.generated_videos[0]
client.files.download(file=generated_video.video)
generated_video.video.save(f"{folder}/text.mp4")

response = client.models.generate_content(model=image_model, contents=["a paper crane"])
for part in response.parts:
    if part.inline_data is not None:
        with open(f"{folder}/crane.png", "wb") as file:
            file.write(part.inline_data.data)

operation = wait(
    client.models.generate_videos(
        model=video_model,
        source=types.GenerateVideosSource(
            prompt="the crane flies",
            image=types.Image.from_file(location=f"{folder}/crane.png"),
        ),
        config=types.GenerateVideosConfig(duration_seconds=5),
    )
)
video = operation.response.generated_videos[0]
client.files.download(file=video.video, destination=f"{folder}/image.mp4")
