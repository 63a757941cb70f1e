import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { C_LOOP, READY, WAITING } from "../support/endless.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { eventually, isRunning, residentBytes } from "../support/processes.ts";
import { startWoma } from "../support/running.ts";
import { runWoma } from "../support/woma.ts";

setDefaultTimeout(90_000);

const TIMED_OUT = `error: the program was stopped after 0.5 s, its --timeout

hint: give it more time with --timeout; it has 1 s to clean up after the interrupt
`;

describe("--timeout", () => {
  for (const [where, code] of Object.entries(WAITING)) {
    test(`interrupts a program ${where}, and exits with 124`, async () => {
      await using running = await startWoma(["--timeout", "0.5", "-c", code]);
      const { stdout, stderr, exitCode } = await running.woma.end();
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 124 });
      expect(stderr).toStartWith("Traceback (most recent call last):\n");
      expect(stderr).toEndWith(`KeyboardInterrupt\n${TIMED_OUT}`);
    });
  }

  test("keeps what was written before it and in the finally blocks", async () => {
    const code = "import time\ntry:\n    print('before')\n    time.sleep(600)\nfinally:\n    print('finally')";
    const { stdout, exitCode } = await runWoma(["--timeout", "0.5", "-c", code]);
    expect({ stdout, exitCode }).toEqual({ stdout: "before\nfinally\n", exitCode: 124 });
  });

  test("kills a program that swallows every interrupt, and keeps what it wrote", async () => {
    const code =
      "print('before', flush=True)\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass";
    expect(await runWoma(["--timeout", "0.5", "-c", code])).toMatchObject({
      stdout: "before\n",
      stderr: TIMED_OUT,
      exitCode: 124,
    });
  });

  test("kills a loop in C that never looks", async () => {
    expect(await runWoma(["--timeout", "0.5", "-c", C_LOOP])).toMatchObject({
      stdout: "",
      stderr: TIMED_OUT,
      exitCode: 124,
    });
  });

  test("does not delay, nor change, a program that ends in time", async () => {
    await using running = await startWoma(["--timeout", "600", "-c", "import sys; print(1); sys.exit(3)"]);
    expect(await running.woma.end()).toEqual({ stdout: "1\n", stderr: "", exitCode: 3, signal: null });
  });

  test("holds for a program that catches the interrupt and goes on to its end: still 124", async () => {
    const code = "import time\ntry: time.sleep(600)\nexcept KeyboardInterrupt: print('caught')";
    expect(await runWoma(["--timeout", "0.5", "-c", code])).toMatchObject({
      stdout: "caught\n",
      stderr: TIMED_OUT,
      exitCode: 124,
    });
  });
});

describe("--memory", () => {
  test("raises a MemoryError that a program can catch, and goes on", async () => {
    const code = `
try: bytearray(2**30)
except MemoryError: print('too large')
held = []
try:
    while True: held.append(bytearray(10**6))
except MemoryError:
    count = len(held)
    held.clear()
print('went on', 100 < count < 256, len(bytearray(50 * 10**6)))
`;
    expect(await runWoma(["--memory", "256", "-c", code])).toMatchObject({
      stdout: "too large\nwent on True 50000000\n",
      stderr: "",
      exitCode: 0,
    });
  });

  for (const [what, code] of Object.entries({
    "one large object": "print('start')\nx = bytearray(2**30)",
    "a list of lists that grows": "print('start')\nx = []\nwhile True: x.append([0] * 1000)",
    "a list of small objects that grows": "print('start')\nx = []\nwhile True: x.append(object())",
    "a string that doubles": "print('start')\nx = 'x'\nwhile True: x += x",
    "a dictionary that grows": "print('start')\nx = {}\nwhile True: x[len(x)] = str(len(x))",
  })) {
    test(`ends a program with a traceback when it is exceeded by ${what}`, async () => {
      const { stdout, stderr, exitCode } = await runWoma(["--memory", "128", "-c", code]);
      // In one text, so that a failure shows all that is known.
      expect(`${exitCode} ${stdout}${stderr}`).toMatch(
        /^1 start\nTraceback \(most recent call last\):\n {2}File "<string>", line \d, in <module>\n(.*\n)*MemoryError\n\nhint: the interpreter's memory may grow to 128 MB; allow more with --memory\n$/,
      );
      expect(stderr.split("\n").length).toBeLessThan(10);
    });
  }

  test("refuses 2 GB, which a 32-bit Python cannot address, however much is allowed", async () => {
    const { stderr, exitCode } = await runWoma(["--memory", "4095", "-c", "bytearray(2**31)"]);
    expect(stderr).toMatch(/\n(MemoryError|OverflowError: .*)\n$/);
    expect(exitCode).toBe(1);
  });

  testUnless(notOnLinux, "bounds the process, too", async () => {
    const code = `
held = []
try:
    while True: held.append(b'x' * 10**6)
except MemoryError: print('ready', flush=True)
input()
`;
    await using running = await startWoma(["--memory", "256", "-c", code]);
    await running.woma.writes("ready");
    const megabytes = residentBytes(await running.woma.cell()) / 1e6;
    expect(megabytes).toBeGreaterThan(200);
    expect(megabytes).toBeLessThan(256 + 200);
    running.woma.type("\n");
    expect((await running.woma.end()).exitCode).toBe(0);
  });
});

describe.skipIf(notOnLinux !== undefined)("a process that dies", () => {
  for (const [where, code] of Object.entries({ ...WAITING, "in a C loop": C_LOOP })) {
    test(`as cell ${where} is an error message, status 70, and no hang`, async () => {
      await using running = await startWoma(["-c", READY + code]);
      await running.woma.writes("ready");
      process.kill(await running.woma.cell(), "SIGKILL");
      const { stdout, stderr, exitCode } = await running.woma.end();
      expect({ stdout, exitCode }).toEqual({ stdout: "ready\n", exitCode: 70 });
      expect(stderr).toMatch(/^error: Python's process died \(SIGKILL\)\n\nhint: .*[^.]\n$/);
    });

    test(`as broker ${where} takes its cell along within a second`, async () => {
      await using running = await startWoma(["-c", READY + code]);
      await running.woma.writes("ready");
      const cell = await running.woma.cell();
      running.woma.child.kill("SIGKILL");
      await eventually("the cell is gone", () => !isRunning(cell), 1000);
    });
  }
});
