/** The attacker reads the command line, on which somebody may have put a password, and paths that tell of the machine. */
import { expect } from "bun:test";
import { builtBinary } from "../../support/binary.ts";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf, pythonOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { javascriptPart, toldIn } from "../support/parts.ts";
import { run } from "../support/run.ts";

const words = javascriptPart(() => JSON.stringify([process.argv.slice(1), process.execArgv, process.title]), {});

testUnless(notOnLinux, "a cell's own arguments are its broker's process id and nothing of its user's", async () => {
  for (const [binary, program] of [
    [await hostileBinary(), javascriptOf([words])],
    [await builtBinary(), await pythonOf([words])],
  ] as const) {
    const { stdout } = await run([binary, "--pyodide-cache", "/tmp/hunter2", "-c", program, "--password=hunter2"]);
    const [told = ""] = toldIn(stdout);
    expect(told).not.toContain("hunter2");
    const [[, role, pid, stage, urgency, ...others]] = JSON.parse(told);
    expect({ role, pid, stage, urgency, others }).toEqual({
      role: "__woma-cell",
      pid: expect.stringMatching(/^\d+$/),
      stage: "lock",
      urgency: "urgent",
      others: [],
    });
  }
});
