import type { Attempt } from "./way.ts";

export const SECRET = "got: SECRET";

/** What a program is told whose connection was refused: the flag that would allow it. */
export function refusedFor(flag: string): RegExp {
  return new RegExp(`^refused: \\[Errno 13\\] .*${RegExp.escape(flag)}(?![\\w.-])`);
}

/** An address as a flag has it, quoted where a shell would see brackets as its own. */
export function allowing(address: string, port: number): string {
  return address.includes(":") ? `--allow-net='[${address}]:${port}'` : `--allow-net=${address}:${port}`;
}

/** The same as a word of a command line, which no shell reads. */
export function allow(address: string, port: number): string {
  return allowing(address, port).replaceAll("'", "");
}

export function gets(flags: readonly string[]): Attempt {
  return { flags, prints: SECRET };
}
