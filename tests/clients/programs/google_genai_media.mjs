// Text to video, image to video, a picture: as in Google's documentation, but for the waits.
// https://ai.google.dev/gemini-api/docs/video and .../image-generation
import * as fs from "node:fs";

const { GoogleGenAI } = await import(process.env.GENAI_PACKAGE);
const ai = new GoogleGenAI({});
const [model, imageModel, folder] = process.argv.slice(2);

async function wait(operation) {
  while (!operation.done) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    operation = await ai.operations.getVideosOperation({ operation });
  }
  return operation;
}

let operation = await wait(
  await ai.models.generateVideos({
    model,
    source: { prompt: "fog over a lake" },
    config: { durationSeconds: 4, aspectRatio: "16:9" },
  }),
);
await ai.files.download({
  file: operation.response.generatedVideos[0].video,
  downloadPath: `${folder}/text.mp4`,
});

const response = await ai.models.generateContent({ model: imageModel, contents: "a paper crane" });
for (const part of response.candidates[0].content.parts) {
  if (part.inlineData) {
    fs.writeFileSync(`${folder}/crane.png`, Buffer.from(part.inlineData.data, "base64"));
  }
}

const imageBytes = fs.readFileSync(`${folder}/crane.png`).toString("base64");
operation = await wait(
  await ai.models.generateVideos({
    model,
    source: { prompt: "the crane flies", image: { imageBytes, mimeType: "image/png" } },
    config: { durationSeconds: 5 },
  }),
);
await ai.files.download({
  file: operation.response.generatedVideos[0],
  downloadPath: `${folder}/image.mp4`,
});
