// Pictures by the AI SDK: https://ai-sdk.dev/docs/ai-sdk-core/image-generation
import * as fs from "node:fs";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { experimental_generateImage as generateImage } from "ai";

const google = createGoogleGenerativeAI({
  baseURL: process.env.GOOGLE_GEMINI_BASE_URL + "/v1beta",
});
for (const model of ["nano-banana", "gemini-2.5-flash-image"]) {
  const { image } = await generateImage({
    model: google.image(model), prompt: "a paper crane", aspectRatio: "16:9",
  });
  fs.writeFileSync(`${process.argv[2]}/${model}.png`, image.uint8Array);
}
