import { Terminal } from "../../support/pty.ts";

/** Every byte that a command sends to its terminal. */
export async function sentToTerminal(command: readonly string[]): Promise<string> {
  await using terminal = await Terminal.open([], { command });
  await terminal.ends();
  return terminal.raw;
}
