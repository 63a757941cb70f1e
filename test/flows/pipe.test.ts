import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtBinary } from "../support/binary.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { Terminal } from "../support/pty.ts";
import { startWoma } from "../support/running.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

setDefaultTimeout(90_000);

describe("a program that comes through a pipe", () => {
  test("runs without any argument", async () => {
    expect(await runWoma([], { stdin: "print(6*7)\n" })).toMatchObject({ stdout: "42\n", stderr: "", exitCode: 0 });
  });

  test("runs when FILE is -, with arguments of its own", async () => {
    const source = "import sys; print(sys.argv, __name__, __file__)";
    expect(await runWoma(["-", "a", "--help"], { stdin: source })).toMatchObject({
      stdout: "['-', 'a', '--help'] __main__ <stdin>\n",
      stderr: "",
      exitCode: 0,
    });
  });

  test("does nothing, successfully, when it is empty", async () => {
    expect(await runWoma([])).toMatchObject({ stdout: "", stderr: "", exitCode: 0 });
    expect(await runWoma(["-"])).toMatchObject({ stdout: "", stderr: "", exitCode: 0 });
  });

  test("is a syntax error that names <stdin> when it is binary garbage", async () => {
    const { stdout, stderr, exitCode } = await runWoma([], { stdin: new Uint8Array([0xe6, 0xff, 0x81, 0xb5, 0x0a]) });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toStartWith('  File "<stdin>", line 1\n');
    expect(stderr).toContain("SyntaxError: ");
  });

  test("is a syntax error when it holds a NUL byte", async () => {
    const { stdout, stderr, exitCode } = await runWoma([], { stdin: "print(1)\n\0" });
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toEndWith("SyntaxError: source code cannot contain null bytes\n");
  });

  test("shows the failing line in its traceback", async () => {
    expect(await runWoma([], { stdin: "x = 1\nx / 0\n" })).toMatchObject({
      stdout: "",
      stderr:
        'Traceback (most recent call last):\n  File "<stdin>", line 2, in <module>\nZeroDivisionError: division by zero\n',
      exitCode: 1,
    });
  });

  test("may be of 5 MB", async () => {
    const source = `${"x = 'padding of a line'\n".repeat(220_000)}print('end')\n`;
    expect(await runWoma([], { stdin: source })).toMatchObject({ stdout: "end\n", stderr: "", exitCode: 0 });
  });
});

describe("data on stdin", () => {
  test("is left to the program by FILE", async () => {
    await using scratch = await scratchDirectory();
    const script = join(scratch.path, "s.py");
    await writeFile(script, "import sys\nprint(input('? '))\nprint(sys.stdin.readline())\nprint(list(sys.stdin))\n");
    expect(await runWoma([script], { stdin: "one\ntwo\nthree\nfour" })).toMatchObject({
      stdout: "? one\ntwo\n\n['three\\n', 'four']\n",
      stderr: "",
      exitCode: 0,
    });
  });

  test("of 20 MB comes out of stdout unchanged", async () => {
    const data = crypto.getRandomValues(new Uint8Array(65_536));
    const much = new Uint8Array(20_000_000).map((_, index) => (data[index % data.length] ?? 0) ^ (index >> 16));
    const copy = "import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)";
    const { stdoutBytes, stderr, exitCode } = await runWoma(["-c", copy], { stdin: much });
    expect({ length: stdoutBytes.length, same: Buffer.compare(stdoutBytes, much), stderr, exitCode }).toEqual({
      length: much.length,
      same: 0,
      stderr: "",
      exitCode: 0,
    });
  });

  test("is read in lines of 1 MB", async () => {
    const lines = `${"é".repeat(500_000)}\n`.repeat(5);
    const code = "import sys\nfor line in sys.stdin: print(len(line), len(line.encode()))";
    expect(await runWoma(["-c", code], { stdin: lines })).toMatchObject({
      stdout: "500001 1000001\n".repeat(5),
      stderr: "",
      exitCode: 0,
    });
  });

  test("at its end raises EOFError in input()", async () => {
    const { stderr, exitCode } = await runWoma(["-c", "input()"]);
    expect(stderr).toEndWith("EOFError: EOF when reading a line\n");
    expect(exitCode).toBe(1);
  });

  test("that is not open is neither a program nor a reason to fail", async () => {
    const shell = await sh('"$WOMA" <&-; echo $?; "$WOMA" -c "print(6*7)" <&-; echo $?');
    expect(shell).toEqual({ stdout: "0\n42\n0\n", stderr: "", exitCode: 0 });
  });

  test("that nobody reads does not keep the program from ending", async () => {
    await using running = await startWoma(["-c", "print('done')"]);
    expect(await running.woma.end()).toMatchObject({ stdout: "done\n", stderr: "", exitCode: 0 });
  });
});

describe("output", () => {
  test("reaches a pipe when it is flushed, while the program still runs", async () => {
    await using running = await startWoma(["-c", "print('first', flush=True); input(); print('second')"]);
    await running.woma.writes("first\n");
    expect(running.woma.stdout).toBe("first\n");
    running.woma.type("\n");
    expect(await running.woma.end()).toMatchObject({ stdout: "first\nsecond\n", stderr: "", exitCode: 0 });
  });

  test("reaches a pipe as it is written under -u", async () => {
    await using running = await startWoma(["-uc", "import sys; sys.stdout.write('no newline'); input()"]);
    await running.woma.writes("no newline");
    running.woma.type("\n");
    expect((await running.woma.end()).exitCode).toBe(0);
  });

  test("reaches a terminal line by line", async () => {
    await using terminal = await Terminal.open(["-c", "import time; print('first'); time.sleep(600)"]);
    await terminal.shows("first");
  });

  test("to stdout and stderr keeps its order in one pipe when it is flushed", async () => {
    const code = "import sys\nfor i in range(50): print('o', i, flush=True); print('e', i, file=sys.stderr)";
    const wanted = Array.from({ length: 50 }, (_, index) => `o ${index}\ne ${index}\n`).join("");
    expect(await sh('"$WOMA" -c "$CODE" 2>&1', { CODE: code })).toEqual({ stdout: wanted, stderr: "", exitCode: 0 });
  });

  test("of 100 MB arrives whole at a slow reader", async () => {
    const code = "line = 'x' * 99\nfor i in range(1_000_000): print(line)";
    const shell = await sh('"$WOMA" -c "$CODE" | (sleep 2; wc -c)', { CODE: code });
    expect({ ...shell, stdout: shell.stdout.trim() }).toEqual({ stdout: "100000000", stderr: "", exitCode: 0 });
  });
});

describe("stdout that takes no more", () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: bash expands it
  test("ends the program by SIGPIPE, without a word", async () => {
    const code = "for i in range(1_000_000): print(i)";
    const shell = await sh('"$WOMA" -c "$CODE" | head -1; echo "${PIPESTATUS[0]}"', { CODE: code });
    expect(shell).toEqual({ stdout: "0\n141\n", stderr: "", exitCode: 0 });
  });

  test("ends a program that never stops writing", async () => {
    const shell = await sh('"$WOMA" -c "while True: print(1)" | head -1; echo "${PIPESTATUS[0]}"');
    expect(shell).toEqual({ stdout: "1\n141\n", stderr: "", exitCode: 0 });
  });

  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: bash expands it
  test("found out at the last flush is as quiet", async () => {
    const shell = await sh('(sleep 1; "$WOMA" -c "print(1)"; echo $? >&2) | true');
    expect(shell).toEqual({ stdout: "", stderr: "141\n", exitCode: 0 });
  });

  test("because it is closed makes print do nothing", async () => {
    expect(await sh('"$WOMA" -c "import sys; print(1); print(2, file=sys.stderr)" >&-; echo $?')).toEqual({
      stdout: "0\n",
      stderr: "2\n",
      exitCode: 0,
    });
  });

  testUnless(notOnLinux, "because the disk is full says so, with status 120", async () => {
    expect(await sh('"$WOMA" -c "print(1)" >/dev/full; echo $?')).toEqual({
      stdout: "120\n",
      stderr: "Exception ignored while flushing sys.stdout:\nOSError: [Errno 28] No space left on device\n",
      exitCode: 0,
    });
  });

  test("as stderr, closed, costs the program nothing but its words", async () => {
    expect(await sh('"$WOMA" -c "import sys; print(1, file=sys.stderr); print(2); sys.exit(3)" 2>&-; echo $?')).toEqual(
      { stdout: "2\n3\n", stderr: "", exitCode: 0 },
    );
  });
});

describe("a script file", () => {
  test("with a shebang line is a program of its own", async () => {
    await using scratch = await scratchDirectory();
    const script = join(scratch.path, "tool");
    await writeFile(script, `#!${await builtBinary()}\nimport sys\nprint(sys.argv[1:], __file__)\n`);
    await chmod(script, 0o755);
    expect(await sh(`'${script}' --help -c '*'`)).toEqual({
      stdout: `['--help', '-c', '*'] ${script}\n`,
      stderr: "",
      exitCode: 0,
    });
  });

  test("may be a process substitution", async () => {
    const shell = await sh(`"$WOMA" <(echo 'print(6*7, input())') <<< data`);
    expect(shell).toEqual({ stdout: "42 data\n", stderr: "", exitCode: 0 });
  });

  test("may be /dev/stdin", async () => {
    expect(await sh(`echo 'print(6*7)' | "$WOMA" /dev/stdin`)).toEqual({ stdout: "42\n", stderr: "", exitCode: 0 });
  });

  for (const name of ["-c", "--", "--help", "naïve 日本.py", "a b.py", "new\nline.py"]) {
    test(`may be called ${JSON.stringify(name)}`, async () => {
      await using scratch = await scratchDirectory();
      await writeFile(join(scratch.path, name), "import sys; print(sys.argv, ascii(__file__))");
      const path = `./${name}`;
      const { stdout, stderr, exitCode } = await runWoma([path, "x"], { cwd: scratch.path });
      expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
      expect(stdout).toContain(`${pythonRepr(path)}, 'x']`);
    });
  }

  testUnless(notOnLinux, "but an argument that is not UTF-8 is refused, since Bun would change it", async () => {
    const shell = await sh(
      `cd "$HOME"; name=$(printf 'caf\\xe9.py'); echo 'import sys; print(ascii(sys.argv))' > "$name"; "$WOMA" "$name" "$name"`,
    );
    expect(shell).toEqual({
      stdout: "",
      stderr: "error: an argument is not UTF-8\n\nhint: rename the file, or give its text with `woma - < FILE`\n",
      exitCode: 2,
    });
  });
});

test("ten at once do not disturb each other", async () => {
  const runs = Array.from({ length: 10 }, (_, index) =>
    runWoma(["-c", `print(${index}, input())`], { stdin: `${index}\n` }),
  );
  expect((await Promise.all(runs)).map(({ stdout, stderr }) => stdout + stderr)).toEqual(
    runs.map((_, index) => `${index} ${index}\n`),
  );
});

/** One line of bash, with the binary in $WOMA and an empty HOME. */
async function sh(
  line: string,
  env: Record<string, string> = {},
): Promise<{ stdout: string; stderr: string; exitCode: number | null }> {
  await using scratch = await scratchDirectory();
  const child = Bun.spawn(["bash", "-c", line], {
    cwd: scratch.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: scratch.path, WOMA: await builtBinary(), ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 80_000,
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  return { stdout, stderr, exitCode: child.exitCode };
}

function pythonRepr(text: string): string {
  return `'${text.replaceAll("\n", "\\n")}'`;
}
