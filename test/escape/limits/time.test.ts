/** The attacker never ends: in Python, in C, in JavaScript, in machine code, in a wait that nothing wakes. */
import { describe, expect } from "bun:test";
import { builtBinary } from "../../support/binary.ts";
import { C_LOOP } from "../../support/endless.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import type { Kit } from "../support/kit.ts";
import { javascriptPart } from "../support/parts.ts";
import { run } from "../support/run.ts";

const PYTHON = {
  "in a loop that catches the interrupt": "while True:\n try:\n  while True: pass\n except BaseException: pass",
  "in C code": C_LOOP,
  "with every signal ignored": "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass",
  "while it exits": "import atexit\n@atexit.register\ndef _():\n while True: pass",
};

const JAVASCRIPT: Record<string, (kit: Kit) => unknown> = {
  "in a loop": () => {
    for (;;);
  },
  "in Atomics.wait": () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  "in machine code": ({ machineCode, enter }) =>
    enter(machineCode({ x64: [0xeb, 0xfe], arm64: [0x00, 0x00, 0x00, 0x14] })),
  "with every signal blocked": ({ function: native, words }) => {
    native("sigfillset")(words(...Array(16).fill(0)));
    native("pthread_sigmask")(0, words(...Array(16).fill(-1)), 0);
    for (;;);
  },
  "in a promise that nothing settles": () => new Promise(() => {}),
};

const STOPPED = "error: the program was stopped after 0.5 s, its --timeout\n";

describe("a cell cannot run on after its time is up:", () => {
  for (const [where, code] of Object.entries(PYTHON)) {
    testUnless(notOnLinux, `Python, ${where}`, async () => {
      const { exitCode, stderr } = await run([await builtBinary(), "--timeout", "0.5", "-c", code]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 124, stderr: expect.stringContaining(STOPPED) });
    });
  }

  for (const [where, code] of Object.entries(JAVASCRIPT)) {
    testUnless(notOnLinux, `JavaScript, ${where}`, async () => {
      const program = javascriptOf([javascriptPart(code, {})]);
      const { exitCode, stderr } = await run([await hostileBinary(), "--timeout", "0.5", "-c", program]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 124, stderr: expect.stringContaining(STOPPED) });
    });
  }

  testUnless(notOnLinux, "control: without --timeout it would", async () => {
    const program = javascriptOf([javascriptPart(() => Bun.sleepSync(2500), {})]);
    const { exitCode, tookMs } = await run([await hostileBinary(), "-c", program]);
    expect(exitCode).toBe(0);
    expect(tookMs).toBeGreaterThan(2500);
  });
});
