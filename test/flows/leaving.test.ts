import { expect } from "bun:test";
import { readdir } from "node:fs/promises";
import { builtBinary } from "../support/binary.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { scratchDirectory } from "../support/woma.ts";

/** A shell's line, in which W is woma, in a directory of its own. */
async function shell(line: string) {
  await using scratch = await scratchDirectory();
  const child = Bun.spawn(["bash", "-c", line], {
    cwd: scratch.path,
    env: { PATH: process.env["PATH"] ?? "", W: await builtBinary(), HOME: scratch.path },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { stdout, stderr, exitCode: await child.exited, left: await readdir(scratch.path) };
}

testUnless(notOnLinux, "a program that aborts leaves no core file, which would hold woma's own memory", async () => {
  const { stdout, left } = await shell(`ulimit -c unlimited; "$W" -c 'import os; os.abort()' 2>/dev/null; echo $?`);
  expect({ stdout, left }).toEqual({ stdout: "134\n", left: [] });
});

testUnless(notOnLinux, "a reader that has stopped reading does not keep a timeout from ending woma", async () => {
  const line = `mkfifo p; sleep 30 <p & "$W" --timeout 1 -c 'while True: print("x" * 1000)' 2>errors >p; echo $?; kill %1; cat errors`;
  const { stdout } = await shell(line);
  expect(stdout).toStartWith("124\nerror: the program was stopped after 1 s, its --timeout\n");
});

testUnless(notOnLinux, "nor a signal, once the program has ended and its output has not", async () => {
  const line = `mkfifo p; sleep 30 <p & "$W" -c 'print("x" * 1_000_000)' >p & sleep 3; kill -TERM %2; wait %2; echo $?; kill %1`;
  expect(await shell(line)).toMatchObject({ stdout: "143\n" });
});

testUnless(notOnLinux, "programs that append to files which none has made yet lose nothing", async () => {
  const code = `for i in range(200):\n    with open(f"f{i}", "a") as file: file.write("line\\\\n")`;
  const line = `for n in 1 2 3; do "$W" --mount . -c $'${code.replaceAll("\n", "\\n").replaceAll("'", "\\'")}' & done; wait; cat f* | wc -l`;
  expect(await shell(line)).toMatchObject({ stdout: "600\n", stderr: "", exitCode: 0 });
});
