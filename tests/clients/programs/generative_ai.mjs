// @google/generative-ai, as its documentation used it; the address goes where it is read.
import { GoogleGenerativeAI } from "@google/generative-ai";
import { ABSENT_MODEL, BIRDS, MODEL, serve, streamed } from "./loop.mjs";

function model(parameters = {}) {
  const client = new GoogleGenerativeAI(process.env.GEMINI_API_KEY);
  const baseUrl = process.env.GOOGLE_GEMINI_BASE_URL;
  return client.getGenerativeModel({ model: MODEL, ...parameters }, { baseUrl });
}

const scenarios = {
  generate: async ({ question }) => ({
    text: (await model().generateContent(question)).response.text(),
  }),
  stream: async ({ question }) => {
    const texts = [];
    const result = await model().generateContentStream(question);
    // A failed stream rejects this as well, and node ends a process that does not look.
    const whole = result.response.catch(() => undefined);
    for await (const chunk of result.stream) texts.push(chunk.text());
    await whole;
    return streamed(texts);
  },
  chat: async ({ questions }) => {
    const talk = model().startChat();
    let text;
    for (const question of questions) text = (await talk.sendMessage(question)).response.text();
    return { text };
  },
  system: async ({ question, system }) => ({
    text: (await model({ systemInstruction: system }).generateContent(question)).response.text(),
  }),
  tools: async ({ question }) => {
    const number = { type: "integer" };
    const parameters = { type: "object", properties: { a: number, b: number } };
    const add = { name: "add", description: "Add two numbers.", parameters };
    const talk = model({ tools: [{ functionDeclarations: [add] }] }).startChat();
    const { args, name } = (await talk.sendMessage(question)).response.functionCalls()[0];
    const result = { functionResponse: { name, response: { output: String(args.a + args.b) } } };
    const answer = await talk.sendMessage([result]);
    return { text: answer.response.text(), calls: [[args.a, args.b]] };
  },
  schema: async ({ question }) => {
    const generationConfig = { responseMimeType: "application/json", responseSchema: BIRDS };
    const answer = await model({ generationConfig }).generateContent(question);
    return { value: JSON.parse(answer.response.text()) };
  },
  image: async ({ question, image }) => {
    const picture = { inlineData: { mimeType: "image/png", data: image } };
    return { text: (await model().generateContent([picture, question])).response.text() };
  },
  count: async ({ question }) => ({ tokens: (await model().countTokens(question)).totalTokens }),
  absent: async () => ({
    text: (await model({ model: ABSENT_MODEL }).generateContent("say hi")).response.text(),
  }),
};

await serve(scenarios, (error) => error.status);
