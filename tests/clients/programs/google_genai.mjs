// @google/genai, 2.x and 3.x, as its documentation uses it.
import { ABSENT_MODEL, BIRDS, MODEL, serve, streamed } from "./loop.mjs";

const { GoogleGenAI } = await import(process.env.GENAI_PACKAGE || "@google/genai");
const client = () => new GoogleGenAI({});

async function ask(contents, config, model = MODEL) {
  return client().models.generateContent({ model, contents, config });
}

async function collect(chunks) {
  const texts = [];
  for await (const chunk of chunks) texts.push(chunk.text ?? "");
  return streamed(texts);
}

const scenarios = {
  generate: async ({ question }) => ({ text: (await ask(question)).text }),
  stream: async ({ question }) =>
    collect(await client().models.generateContentStream({ model: MODEL, contents: question })),
  chat: async ({ questions }) => {
    const talk = client().chats.create({ model: MODEL });
    let text;
    for (const message of questions) text = (await collect(await talk.sendMessageStream({ message }))).text;
    return { text };
  },
  system: async ({ question, system }) => ({
    text: (await ask(question, { systemInstruction: system })).text,
  }),
  tools: async ({ question }) => {
    const number = { type: "INTEGER" };
    const parameters = { type: "OBJECT", properties: { a: number, b: number } };
    const add = { name: "add", description: "Add two numbers.", parameters };
    const config = { tools: [{ functionDeclarations: [add] }] };
    const asked = { role: "user", parts: [{ text: question }] };
    const first = await ask([asked], config);
    const call = first.functionCalls[0];
    const response = { output: String(call.args.a + call.args.b) };
    const result = { functionResponse: { id: call.id, name: call.name, response } };
    const contents = [asked, first.candidates[0].content, { role: "user", parts: [result] }];
    const answer = await ask(contents, config);
    return { text: answer.text, calls: [[call.args.a, call.args.b]] };
  },
  schema: async ({ question }) => {
    const config = { responseMimeType: "application/json", responseJsonSchema: BIRDS };
    return { value: JSON.parse((await ask(question, config)).text) };
  },
  image: async ({ question, image }) => {
    const picture = { inlineData: { mimeType: "image/png", data: image } };
    return { text: (await ask([picture, question])).text };
  },
  list: async () => {
    const names = [];
    const config = { pageSize: 3 };
    for await (const model of await client().models.list({ config })) names.push(model.name);
    return { names };
  },
  count: async ({ question }) => ({
    tokens: (await client().models.countTokens({ model: MODEL, contents: question })).totalTokens,
  }),
  absent: async () => ({ text: (await ask("say hi", undefined, ABSENT_MODEL)).text }),
};

await serve(scenarios, (error) => error.status);
