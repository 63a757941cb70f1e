import { createServer } from "node:net";
import { type Listening, listening } from "./listening.ts";

/** Takes connections and everything that comes, and never says a word. */
export function startSilentServer(): Promise<Listening> {
  return listening(createServer((socket) => socket.resume()));
}
