/** The attacker looks for tokens where everyone keeps them: in the environment. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { eventually, onlyChildOf } from "../../support/processes.ts";
import { javascriptOf, pythonOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { javascriptPart, pythonPart, toldIn } from "../support/parts.ts";
import { run } from "../support/run.ts";

const env = { WOMA_TEST_TOKEN: "hunter2", BUN_TEST_TOKEN: "hunter2", LD_TEST_TOKEN: "hunter2", PYTHONTOKEN: "hunter2" };

const inPython = pythonPart(`import os; str(dict(os.environ))`, {});
const inJavascript = javascriptPart(() => JSON.stringify(process.env), {});
const inMemory = javascriptPart(({ function: native, text }) => native("getenv")(text("WOMA_TEST_TOKEN")), {});

testUnless(notOnLinux, "a cell cannot see its user's environment: from Python", async () => {
  const [woma, python] = await Promise.all([
    run([await builtBinary(), "-c", await pythonOf([inPython])], { env }),
    run(["python3", "-c", await pythonOf([inPython])], { env }),
  ]);
  expect(toldIn(woma.stdout)[0]).not.toContain("hunter2");
  expect(toldIn(python.stdout)[0]).toContain("hunter2");
});

testUnless(notOnLinux, "a cell cannot see its user's environment: from JavaScript and the C library", async () => {
  for (const [binary, program] of [
    [await hostileBinary(), javascriptOf([inJavascript, inMemory])],
    [await builtBinary(), await pythonOf([inJavascript, inMemory])],
  ] as const) {
    const [variables, address] = toldIn((await run([binary, "-c", program], { env })).stdout);
    const names = Object.keys(JSON.parse(variables ?? ""));
    expect(names.filter((name) => !/^(?:BUN_JSC_\w+|TZ)$/.test(name))).toEqual([]);
    expect(address).toBe("0");
  }
});

testUnless(notOnLinux, "a cell's process has no variable of its user's, and its broker's has", async () => {
  const child = Bun.spawn([await builtBinary(), "-c", "print(end='ready', flush=True); input()"], {
    env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  try {
    await child.stdout.getReader().read();
    await eventually("the broker has started", () => readFileSync(`/proc/${child.pid}/environ`, "latin1") !== "");
    expect(readFileSync(`/proc/${child.pid}/environ`, "latin1")).toContain("hunter2");
    expect(readFileSync(`/proc/${onlyChildOf(child.pid)}/environ`, "latin1")).not.toContain("hunter2");
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
});
