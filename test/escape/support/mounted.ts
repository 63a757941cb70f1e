import { mkdirSync, writeFileSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { bareCell } from "./cells.ts";
import type { Kit } from "./kit.ts";
import { javascriptPart, runParts } from "./parts.ts";
import { run } from "./run.ts";
import { scratchForFile } from "./scratch.ts";

/** What a file outside the mounts holds, and no cell may see. */
export const SECRET = "SECRET";

/** A directory that is mounted and one that is not, with a secret; gone at the end of the test file. */
export function insideAndOutside(): { readonly inside: string; readonly outside: string; readonly secret: string } {
  const scratch = scratchForFile();
  const [inside, outside] = [`${scratch}/inside`, `${scratch}/outside`];
  for (const directory of [inside, outside]) mkdirSync(directory);
  writeFileSync(`${inside}/file`, "inside");
  writeFileSync(`${outside}/secret`, SECRET);
  return { inside, outside, secret: `${outside}/secret` };
}

/** What a program in a whole cell prints: for each expression its value, or its exception's name. */
export async function pythonAnswers(flags: readonly string[], expressions: readonly string[]): Promise<string[]> {
  const program = `
import os, pathlib, shutil
for code in ${JSON.stringify(expressions)}:
    try: answer = eval(code)
    except Exception as error: answer = type(error).__name__
    print(str(answer).replace("\\n", " "))`;
  const { stdout, stderr } = await run([await builtBinary(), ...flags, "-c", program]);
  return stdout === "" ? [stderr] : stdout.trimEnd().split("\n");
}

/** What a bare cell's own requests to the broker come to. */
export async function requestAnswer(
  flags: readonly string[],
  code: (kit: Kit) => unknown,
  given: Kit["given"],
): Promise<string> {
  const [told = ""] = await runParts(bareCell("wall", flags), [javascriptPart(code, given)]);
  return told;
}
