// The frame of a program: a line on stdin names what to ask, a line on stdout tells what came.
// The same as loop.py, for node.
import { createInterface } from "node:readline";

export const MODEL = process.env.ASKED_MODEL || "gemini-3.1-pro";
export const ABSENT_MODEL = "gemini-9-ultra";
export const BIRDS = {
  type: "object",
  properties: {
    bird: { type: "string", enum: ["quetzal"] },
    count: { type: "integer" },
  },
  required: ["bird", "count"],
};

export async function serve(scenarios, status) {
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    Object.assign(process.env, asked.variables);
    let told;
    try {
      told = await scenarios[asked.scenario](asked);
    } catch (error) {
      const words = `${error.message}${error.cause ? ` (${error.cause.message})` : ""}`;
      told = { raised: error.name === "Error" ? error.constructor.name : error.name, status: status(error), words };
    }
    console.log(JSON.stringify(told));
  }
}

export function streamed(texts) {
  return { text: texts.join(""), pieces: texts.filter(Boolean).length };
}
