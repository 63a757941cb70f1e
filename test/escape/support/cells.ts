import { join } from "node:path";
import { CellProcess } from "../../../src/broker/cell-process.ts";
import { holeInWall } from "../../../src/broker/wall-check.ts";
import { openLibc } from "../../../src/protocol/libc.ts";
import { runWoma, scratchDirectory } from "../../support/woma.ts";
import type { Orders } from "./bare-cell.ts";
import { type Cell, type Part, toldIn } from "./parts.ts";

export type Wall = "wall" | "no wall";

const LONGEST_RUN_MS = 30_000;

/** A program in woma, that gets from Python to JavaScript. */
export function wholeCell(wall: Wall): Cell {
  return async (parts) => {
    const words = [...(wall === "wall" ? [] : ["--insecure"]), "-c", await attacker(parts)];
    const { stdout, stderr, exitCode } = await runWoma(words, { timeoutMs: LONGEST_RUN_MS });
    const death = /process died \((?:status )?(\w+)\)/.exec(stderr)?.[1];
    return { told: toldIn(stdout), end: death === undefined ? `ended: ${exitCode} ${stderr}` : ended(death) };
  };
}

/** JavaScript that has a cell to itself, started as woma starts one. */
export function bareCell(wall: Wall): Cell {
  return async (parts) => {
    const command = {
      executable: process.execPath,
      leading: [join(import.meta.dir, "bare-cell.ts")],
      snapshotPath: undefined,
      confinement: wall === "wall" ? "confined" : "insecure",
    } as const;
    const cell = new CellProcess(command, openLibc(), (request) => {
      const hole = wall === "wall" ? holeInWall(cell.pid) : null;
      if (request.op !== "hello" || hole !== null) throw new Error(`${hole ?? JSON.stringify(request)}`);
      cell.reply({ parts: parts.map(({ code }) => code) } satisfies Orders);
    });
    const timer = setTimeout(() => cell.kill("SIGALRM"), LONGEST_RUN_MS);
    const { code, signal, log } = await cell.ended;
    clearTimeout(timer);
    return { told: toldIn(log), end: code === 0 ? `ended: ${log}` : ended(signal ?? String(code)) };
  };
}

/** The same Python in a python3 that has no woma around it. */
export function nativePython(): Cell {
  return async (parts) => {
    await using scratch = await scratchDirectory();
    const child = Bun.spawn(["python3", "-c", await attacker(parts)], {
      cwd: scratch.path,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: LONGEST_RUN_MS,
    });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    await child.exited;
    return { told: toldIn(stdout), end: `ended: ${child.signalCode ?? child.exitCode} ${stderr}` };
  };
}

function ended(how: string): string {
  return how.startsWith("SIG") ? `killed by ${how}` : `exited with ${how}`;
}

async function attacker(parts: readonly Part[]): Promise<string> {
  const code = await Bun.file(join(import.meta.dir, "attacker.py")).text();
  const pairs = parts.map(({ kind, code }) => [kind, code]);
  return `import json\nPARTS = json.loads(${JSON.stringify(JSON.stringify(pairs))})\n${code.replace("PARTS: list\n", "")}`;
}
