import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, chown, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtBinary } from "../support/binary.ts";
import { notOnLinux, notRoot, testUnless } from "../support/loud-skip.ts";
import { Terminal } from "../support/pty.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

setDefaultTimeout(60_000);

const MESSAGE = /^error: [^\n]+[^.\n]\n\nhint: [^\n]+[^.\n]\n$/;

describe("a command line that woma does not understand exits with 2", () => {
  const seconds = (given: string) =>
    `error: --timeout takes seconds, more than 0 and at most 1000000, not '${given}'\n\nhint: for example --timeout 2.5\n`;
  const megabytes = (given: string) =>
    `error: --memory takes whole MB from 48 to 4095, not '${given}'\n\nhint: for example --memory 512\n`;
  const twice = (flag: string) => `error: ${flag} is given twice\n\nhint: give it once; it takes one value\n`;
  const wants = (flag: string) => `error: ${flag} needs a value\n\nhint: try \`woma --help\`\n`;
  const unknown = (flag: string) => `error: unknown option '${flag}'\n\nhint: try \`woma --help\`\n`;
  const wrong: [args: string[], stderr: string][] = [
    [["--frobnicate"], unknown("--frobnicate")],
    [["--frobnicate=3", "-c", "1"], unknown("--frobnicate=3")],
    [["-Q"], unknown("-Q")],
    [["-uQ", "-c", "1"], unknown("-Q")],
    [["-c"], wants("-c")],
    [["-uc"], wants("-c")],
    [["-m"], wants("-m")],
    [["-W"], wants("-W")],
    [["-X"], wants("-X")],
    [["--timeout"], wants("--timeout")],
    [["--memory"], wants("--memory")],
    [["--pyodide-cache"], wants("--pyodide-cache")],
    ...["soon", "-1", "0", "", "nan", "inf", "1e400", "1,5", "0x10", "10s", "1000001"].map(
      (given): [string[], string] => [[`--timeout=${given}`, "-c", "1"], seconds(given)],
    ),
    ...["much", "-1", "0", "", "47", "4096", "1.5", "1e3", "512M", "999999999999999999999"].map(
      (given): [string[], string] => [[`--memory=${given}`, "-c", "1"], megabytes(given)],
    ),
    [["--timeout", "1", "--timeout", "2", "-c", "1"], twice("--timeout")],
    [["--memory", "100", "--memory=200", "-c", "1"], twice("--memory")],
    [["--pyodide-cache", "a", "--pyodide-cache", "b", "-c", "1"], twice("--pyodide-cache")],
  ];
  for (const [args, stderr] of wrong) {
    test(`woma ${args.join(" ")}`, async () => {
      expect(await runWoma(args)).toMatchObject({ stdout: "", stderr, exitCode: 2 });
      expect(stderr).toMatch(MESSAGE);
    });
  }

  test("but what follows the program belongs to the program", async () => {
    await using scratch = await scratchDirectory();
    const script = join(scratch.path, "s.py");
    await writeFile(script, "import sys; print(sys.argv[1:])");
    const args = ["--timeout", "soon", "--frobnicate", "-c", "-", "--", "", "--help"];
    const stdout = `['--timeout', 'soon', '--frobnicate', '-c', '-', '--', '', '--help']\n`;
    expect(await runWoma([script, ...args])).toMatchObject({ stdout, stderr: "", exitCode: 0 });
    expect(await runWoma(["-c", "import sys; print(sys.argv[1:])", ...args])).toMatchObject({
      stdout,
      stderr: "",
      exitCode: 0,
    });
    expect(await runWoma(["-", ...args], { stdin: "import sys; print(sys.argv[1:])" })).toMatchObject({
      stdout,
      stderr: "",
      exitCode: 0,
    });
  });

  test("arguments of 100 KB and a thousand of them reach the program", async () => {
    const args = ["x".repeat(100_000), ...Array<string>(1000).fill("é")];
    expect(
      await runWoma(["-c", "import sys; print(len(sys.argv), len(sys.argv[1]), set(sys.argv[2:]))", ...args]),
    ).toMatchObject({ stdout: "1002 100000 {'é'}\n", stderr: "", exitCode: 0 });
  });
});

describe("a FILE that cannot be run", () => {
  for (const [what, prepare, message, exitCode] of [
    ["missing", async () => {}, "can't open file '{path}': [Errno 2] No such file or directory", 2],
    [
      "a link to nothing",
      (path: string) => symlink("nothing", path),
      "can't open file '{path}': [Errno 2] No such file or directory",
      2,
    ],
    [
      "a link to itself",
      (path: string) => symlink(path, path),
      "can't open file '{path}': [Errno 40] Too many levels of symbolic links",
      2,
    ],
    ["a directory", (path: string) => mkdir(path), "can't find '__main__' module in '{path}'", 1],
  ] as const) {
    test(`because it is ${what} is an error with status ${exitCode}`, async () => {
      await using scratch = await scratchDirectory();
      const path = join(scratch.path, "script.py");
      await prepare(path);
      const ended = await runWoma([path]);
      expect(ended).toMatchObject({ stdout: "", exitCode });
      expect(ended.stderr).toStartWith(`error: ${message.replace("{path}", path)}\n`);
      expect(ended.stderr).toMatch(MESSAGE);
    });
  }

  test("because a part of its path is a file is an error with status 2", async () => {
    await using scratch = await scratchDirectory();
    await writeFile(join(scratch.path, "file"), "");
    const path = join(scratch.path, "file/script.py");
    const ended = await runWoma([path]);
    expect(ended.stderr).toStartWith(`error: can't open file '${path}': [Errno 20] Not a directory\n`);
    expect(ended).toMatchObject({ stdout: "", exitCode: 2 });
  });

  testUnless(notRoot, "because it may not be read is an error with status 2", async () => {
    await using scratch = await scratchDirectory();
    const path = join(scratch.path, "script.py");
    await writeFile(path, "print(1)", { mode: 0o000 });
    await chmod(scratch.path, 0o755);
    const ended = await asNobody([path]);
    expect(ended).toMatchObject({ stdout: "", exitCode: 2 });
    expect(ended.stderr).toStartWith(`error: can't open file '${path}': [Errno 13] Permission denied\n`);
    expect(ended.stderr).toMatch(MESSAGE);
  });

  for (const [what, text, last] of [
    ["binary", "\x7fELF\u0000\u0001", "SyntaxError: source code cannot contain null bytes"],
    ["of a NUL byte", "print(1)\n\0\n", "SyntaxError: source code cannot contain null bytes"],
    [
      "of bad indentation",
      "if 1:\nprint(1)\n",
      "IndentationError: expected an indented block after 'if' statement on line 1",
    ],
    ["of a bad encoding line", "# coding: klingon\n", "SyntaxError: encoding problem: klingon"],
  ] as const) {
    test(`${what} is a syntax error with status 1`, async () => {
      await using scratch = await scratchDirectory();
      await writeFile(join(scratch.path, "s.py"), text);
      const { stdout, stderr, exitCode } = await runWoma(["s.py"], { cwd: scratch.path });
      expect({ stdout, exitCode, last: stderr.trimEnd().split("\n").at(-1) }).toEqual({
        stdout: "",
        exitCode: 1,
        last,
      });
    });
  }

  test("by -m because there is no such module is told as python3 tells it", async () => {
    expect(await runWoma(["-m", "nothing"])).toMatchObject({
      stdout: "",
      stderr:
        "/usr/bin/woma: No module named nothing\n\nhint: no package of the distribution has it; `woma --with nothing` takes a package of that name from the package index, if there is one\n",
      exitCode: 1,
    });
    const dotted = await runWoma(["-m", "../evil"]);
    expect(dotted).toMatchObject({ stdout: "", exitCode: 1 });
  });
});

describe("a cache that cannot be used", () => {
  const program = ["-c", "print(6*7)"];

  test("because it is a file is a warning, and the program runs", async () => {
    await using scratch = await scratchDirectory();
    await writeFile(join(scratch.path, "file"), "");
    const ended = await runWoma(["--pyodide-cache", join(scratch.path, "file"), ...program]);
    expect(ended).toMatchObject({ stdout: "42\n", exitCode: 0 });
    expect(ended.stderr).toContain(`${scratch.path}/file`);
  });

  testUnless(notRoot, "because it cannot be made or written is a warning, and the program runs", async () => {
    await using scratch = await scratchDirectory();
    await mkdir(join(scratch.path, "locked"), { mode: 0o555 });
    await chmod(scratch.path, 0o755);
    for (const cache of ["locked", "locked/cache"]) {
      const ended = await asNobody(["--pyodide-cache", join(scratch.path, cache), ...program]);
      expect(ended).toMatchObject({ stdout: "42\n", exitCode: 0 });
      expect(ended.stderr).toContain(join(scratch.path, cache));
    }
  });

  testUnless(notRoot, "because the disk is full is no reason not to run", async () => {
    await using scratch = await scratchDirectory();
    const disk = join(scratch.path, "disk");
    await mkdir(disk);
    expect(await Bun.spawn(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk]).exited).toBe(0);
    try {
      await writeFile(join(disk, "filler"), "x".repeat(4096));
      expect(await runWoma(["--pyodide-cache", join(disk, "cache"), ...program])).toMatchObject({
        stdout: "42\n",
        exitCode: 0,
      });
      expect(await runWoma(program, { env: { HOME: disk } })).toMatchObject({ stdout: "42\n", exitCode: 0 });
    } finally {
      await Bun.spawn(["umount", disk]).exited;
    }
  });

  test("is made where it is asked for, ~ and $WOMA_CACHE understood", async () => {
    await using scratch = await scratchDirectory();
    const home = { HOME: scratch.path };
    expect(await runWoma(["--pyodide-cache", "~/one", ...program], { env: home })).toMatchObject({
      stdout: "42\n",
      stderr: "",
      exitCode: 0,
    });
    expect(await runWoma(program, { env: { ...home, WOMA_CACHE: "~/two" } })).toMatchObject({
      stdout: "42\n",
      stderr: "",
      exitCode: 0,
    });
    expect(await runWoma(program, { env: home })).toMatchObject({ stdout: "42\n", stderr: "", exitCode: 0 });
    expect((await readdir(scratch.path)).filter((name) => name !== ".pyodide-env").sort()).toEqual(["one", "two"]);
  });
});

describe("a place that is not there", () => {
  for (const [what, env] of [
    ["no HOME", { HOME: "" }],
    ["a HOME that does not exist", { HOME: "/nonexistent/home" }],
    ["a HOME that cannot be written", { HOME: "/proc" }],
  ] as const) {
    test(`as ${what} does not keep a program from running`, async () => {
      expect(await runWoma(["-c", "print(6*7)"], { env })).toMatchObject({ stdout: "42\n", exitCode: 0 });
    });

    testUnless(notOnLinux, `as ${what} does not keep the prompt from coming`, async () => {
      await using terminal = await Terminal.open(["-q"], { env });
      expect(await terminal.enter("6*7")).toBe("42");
      terminal.press("\x04");
      expect(await terminal.ends()).toBe(0);
    });
  }

  // Bun looks at the directory before woma's first line runs; python3 would go on.
  testUnless(notOnLinux, "but in a working directory that was deleted Bun itself refuses to start", async () => {
    await using scratch = await scratchDirectory();
    const child = Bun.spawn(
      ["sh", "-c", `mkdir gone; cd gone; rmdir ../gone; "$0" -c 'print(6*7)'`, await builtBinary()],
      {
        cwd: scratch.path,
        env: { HOME: scratch.path, PATH: process.env["PATH"] ?? "" },
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    expect(await new Response(child.stdout).text()).toBe("");
    expect(await new Response(child.stderr).text()).toStartWith("error: The current working directory was deleted");
    expect(await child.exited).toBe(1);
  });
});

/** Runs woma as a user with no rights, for what root may do anyway. */
async function asNobody(args: readonly string[]): Promise<{ stdout: string; stderr: string; exitCode: number | null }> {
  await using home = await scratchDirectory();
  await chown(home.path, 65534, 65534);
  // The binary may lie where nobody else may look: a copy beside its HOME is for all.
  const binary = join(home.path, "woma");
  await Bun.write(binary, Bun.file(await builtBinary()));
  await chmod(binary, 0o755);
  const command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", binary, ...args];
  const child = Bun.spawn(command, {
    cwd: home.path,
    env: { HOME: home.path, PATH: process.env["PATH"] ?? "" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 50_000,
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  await rm(binary);
  return { stdout, stderr, exitCode: child.exitCode };
}
