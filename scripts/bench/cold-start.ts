import { alternate } from "./alternate.ts";
import { type Budget, type Line, rivalOf } from "./line.ts";
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const CODE = "print(1+1)";
const ROUNDS = 11;

/** Whole processes, from nothing to `2`. */
export async function measureColdStart(programs: Programs): Promise<readonly Line[]> {
  const { python } = programs;
  const prints2 =
    (...command: string[]) =>
    () => {
      const { wallMs, stdout } = timedRun(programs, command);
      if (stdout !== "2\n") throw new Error(`${command.join(" ")} printed ${JSON.stringify(stdout)}`);
      return wallMs;
    };
  const times = await alternate(ROUNDS, {
    woma: prints2(programs.woma, "-c", CODE),
    stock: prints2(...programs.stock, CODE),
    // Not an empty text: for that Bun prints its usage, and starts no JavaScript.
    bun: () => timedRun(programs, [programs.bun, "-e", "0"]).wallMs,
    python: python === "none" ? () => Number.NaN : prints2(python.path, "-c", CODE),
  });
  const line = (rival: readonly number[], name: string, budget: Budget): Line => ({
    name: "cold start, print(1+1)",
    unit: "ms",
    woma: spreadOf(times.woma),
    against: rivalOf(name, times.woma, rival),
    budget,
  });
  return [
    line(times.stock, "stock Pyodide in Bun", { of: "ratio", atMost: 1 / 6 }),
    ...(python === "none" ? [] : [line(times.python, `CPython ${python.version}`, "none")]),
    line(times.bun, "bun -e 0", "none"),
  ];
}
