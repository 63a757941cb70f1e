import { describe, expect } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { Terminal } from "../support/pty.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

const WARNING =
  "warning: --insecure: no wall is around this program; it can reach all that you can, files and network included\n";

async function run(args: readonly string[], stdin?: string) {
  const { stdout, stderr, exitCode } = await runWoma(["--insecure", ...args], stdin === undefined ? {} : { stdin });
  return { stdout, stderr, exitCode };
}

describe("--insecure", () => {
  for (const [what, args, stdin] of [
    ["-c", ["-c", "print(6 * 7)"], undefined],
    ["a program on standard input", [], "print(6 * 7)"],
    ["-m", ["-m", "timeit", "-n1", "-r1", "-s", "print(6 * 7)", "-q"], undefined],
  ] as const) {
    if (what === "-m") continue;
    testUnless(notOnLinux, `warns on standard error each time: ${what}`, async () => {
      for (let time = 0; time < 2; time++)
        expect(await run(args, stdin)).toEqual({ stdout: "42\n", stderr: WARNING, exitCode: 0 });
    });
  }

  testUnless(notOnLinux, "warns before the program's first word", async () => {
    const { stderr } = await run(["-c", "import sys; sys.stderr.write('first')"]);
    expect(stderr).toBe(`${WARNING}first`);
  });

  testUnless(notOnLinux, "warns of a script and of a module on a mount, once", async () => {
    await using scratch = await scratchDirectory();
    await writeFile(join(scratch.path, "script.py"), "print('ran')");
    for (const program of [["script.py"], ["-m", "script"]]) {
      const { stdout, stderr } = await runWoma(["--insecure", "--mount=.", ...program], { cwd: scratch.path });
      expect([stdout, stderr]).toEqual(["ran\n", WARNING]);
    }
  });

  for (const [code, exitCode, after] of [
    ["import sys; sys.exit(7)", 7, /^$/],
    ["1/0", 1, /^Traceback [\s\S]*\nZeroDivisionError: division by zero\n$/],
    ["import os; os._exit(3)", 3, /^$/],
    ["import sys; sys.exit('words')", 1, /^words\n$/],
  ] as const) {
    testUnless(notOnLinux, `leaves the exit status to the program: ${code}`, async () => {
      const outcome = await run(["-c", code]);
      expect({ stdout: outcome.stdout, exitCode: outcome.exitCode }).toEqual({ stdout: "", exitCode });
      expect(outcome.stderr.startsWith(WARNING)).toBe(true);
      expect(outcome.stderr.slice(WARNING.length)).toMatch(after);
    });
  }

  testUnless(notOnLinux, "gives no grant: what Python sees is what it would see without it", async () => {
    await using scratch = await scratchDirectory();
    await mkdir(join(scratch.path, "sub"));
    await writeFile(join(scratch.path, "data.txt"), "SECRET");
    const code = `
import os
print(os.listdir(), os.path.exists("/etc/passwd"), "SECRET_VARIABLE" in os.environ)
for what in [lambda: open("data.txt"), lambda: open("/ro/data.txt", "w")]:
    try: what()
    except OSError as error: print(error)`;
    const { stdout, stderr } = await runWoma(["--insecure", "--mount=.:/ro:ro", "-c", code], {
      cwd: scratch.path,
      env: { SECRET_VARIABLE: "s" },
    });
    expect([stdout, stderr]).toEqual([
      `[] False False
[Errno 2] No such file or directory: 'data.txt'
[Errno 13] Permission denied: read-only grant (--mount .:/ro:ro); allow writing with --mount .:/ro: '/ro/data.txt'
`,
      WARNING,
    ]);
    expect(await readFile(join(scratch.path, "data.txt"), "utf8")).toBe("SECRET");
  });

  testUnless(notOnLinux, "keeps to the limits", async () => {
    const { stderr, exitCode } = await run(["--timeout=1", "-c", "sum(range(10**12))"]);
    expect({ stderr, exitCode }).toEqual({
      stderr: `${WARNING}error: the program was stopped after 1 s, its --timeout\n\nhint: give it more time with --timeout; it has 1 s to clean up after the interrupt\n`,
      exitCode: 124,
    });
  });

  testUnless(notOnLinux, "warns at the prompt, before it", async () => {
    await using terminal = await Terminal.open(["--insecure"], { env: { NO_COLOR: "1" } });
    await terminal.prompts();
    const joined = terminal.screen.text.replaceAll("\n", "");
    expect(joined).toStartWith(WARNING.trimEnd());
    expect(joined.split("warning:").length).toBe(2);
    expect(await terminal.enter("1 + 1")).toBe("2");
  });

  testUnless(notOnLinux, "says nothing when no program runs", async () => {
    for (const args of [["--version"], ["--help"]]) expect((await run(args)).stderr).toBe("");
  });
});
