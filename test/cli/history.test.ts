import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runWoma, scratchDirectory } from "../support/woma.ts";

/** What guest code could do, woma's own modules being no secret. */
const ATTACK = `
import woma_kernel
print(woma_kernel.request("history-load"))
woma_kernel.request("history-append", b"poison\\n")
`;

test.each([
  ["-c", (_: string) => ({ args: ["-c", ATTACK], stdin: "" })],
  [
    "FILE",
    (directory: string) => {
      writeFileSync(join(directory, "attack.py"), ATTACK);
      return { args: [join(directory, "attack.py")], stdin: "" };
    },
  ],
  ["a pipe", (_: string) => ({ args: [], stdin: ATTACK })],
])("a program from %s can neither read the prompt's history nor write to it", async (_, prepare) => {
  await using scratch = await scratchDirectory();
  const history = join(scratch.path, "history");
  mkdirSync(join(scratch.path, "home"));
  writeFileSync(history, "secret = 1\n");
  const { args, stdin } = prepare(scratch.path);
  const env = { HOME: join(scratch.path, "home"), PYTHON_HISTORY: history };
  expect(await runWoma(args, { stdin, env })).toMatchObject({ stdout: "({}, b'')\n", stderr: "", exitCode: 0 });
  expect(readFileSync(history, "utf8")).toBe("secret = 1\n");
});
