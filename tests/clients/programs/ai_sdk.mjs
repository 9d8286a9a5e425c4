// Vercel's AI SDK with its provider for Google, as its documentation uses it.
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import { ABSENT_MODEL, BIRDS, MODEL, serve, streamed } from "./loop.mjs";

// It would print them on stdout.
globalThis.AI_SDK_LOG_WARNINGS = false;

const model = (name = MODEL) => {
  const base = process.env.GOOGLE_GEMINI_BASE_URL;
  return createGoogleGenerativeAI(base ? { baseURL: `${base}/v1beta` } : {})(name);
};
// It repeats what fails twice more, after 2 s and 4 s; the matrix does not wait for that.
const maxRetries = Number(process.env.ASKED_RETRIES || 0);
const ask = (options) => generateText({ model: model(), maxRetries, ...options });

const scenarios = {
  generate: async ({ question }) => ({ text: (await ask({ prompt: question })).text }),
  stream: async ({ question }) => {
    const texts = [];
    let failed;
    // What goes wrong first says why; the stream itself may then say no more than "terminated".
    const onError = ({ error }) => { failed ??= error; };
    const result = streamText({ model: model(), prompt: question, maxRetries, onError });
    try {
      for await (const text of result.textStream) texts.push(text);
    } catch (error) {
      onError({ error });
    }
    if (failed) throw failed;
    return streamed(texts);
  },
  chat: async ({ questions }) => {
    const messages = [];
    let answer;
    for (const content of questions) {
      messages.push({ role: "user", content });
      answer = await ask({ messages });
      messages.push(...answer.response.messages);
    }
    return { text: answer.text };
  },
  system: async ({ question, system }) => ({ text: (await ask({ system, prompt: question })).text }),
  tools: async ({ question }) => {
    const calls = [];
    const number = { type: "integer" };
    const properties = { a: number, b: number };
    const add = tool({
      description: "Add two numbers.",
      inputSchema: jsonSchema({ type: "object", properties, required: ["a", "b"] }),
      execute: async ({ a, b }) => {
        calls.push([a, b]);
        return String(a + b);
      },
    });
    const answer = await ask({ prompt: question, tools: { add }, stopWhen: stepCountIs(3) });
    return { text: answer.text, calls };
  },
  schema: async ({ question }) => {
    const answer = await generateObject({
      model: model(), prompt: question, schema: jsonSchema(BIRDS), maxRetries,
    });
    return { value: answer.object };
  },
  image: async ({ question, image }) => {
    const content = [{ type: "text", text: question }, { type: "image", image }];
    return { text: (await ask({ messages: [{ role: "user", content }] })).text };
  },
  absent: async () => ({ text: (await ask({ model: model(ABSENT_MODEL), prompt: "say hi" })).text }),
};

await serve(scenarios, (error) => error.statusCode);
