import { createServer } from "node:net";
import { listening } from "./listening.ts";

/** For a server that cannot say which port it took. Somebody else might take it first; nobody here does. */
export async function freePort(): Promise<number> {
  await using server = await listening(createServer());
  return server.port;
}
