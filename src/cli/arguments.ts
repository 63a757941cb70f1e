import { readFileSync } from "node:fs";
import { UsageError } from "../errors.ts";

const REPLACEMENT = "\ufffd";

/**
 * Refuses arguments that are no UTF-8: Bun puts a replacement in their place, so that another file would be named.
 * Where the bytes cannot be had, on other systems than Linux, they are not looked at.
 */
export function refuseMangledArguments(argv: readonly string[]): void {
  if (!argv.some((argument) => argument.includes(REPLACEMENT)) || process.platform !== "linux") return;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(readFileSync("/proc/self/cmdline"));
  } catch {
    throw new UsageError("an argument is not UTF-8", "rename the file, or give its text with `woma - < FILE`");
  }
}
