import { alternate } from "./alternate.ts";
import { type Line, rivalOf } from "./line.ts";
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const ROUNDS = 9;
const LIMIT_MS = 30_000;

/** From nothing to the first prompt on a terminal. Not on Windows, where Bun opens no pseudo-terminal. */
export async function measurePrompt(programs: Programs): Promise<readonly Line[]> {
  const times = await alternate(ROUNDS, {
    prompt: () => timeToPrompt(programs),
    empty: () => timedRun(programs, [programs.woma, "-c", ""]).wallMs,
  });
  return [
    {
      name: "first prompt",
      unit: "ms",
      woma: spreadOf(times.prompt),
      against: rivalOf("woma -c ''", times.prompt, times.empty),
      budget: "none",
    },
  ];
}

async function timeToPrompt(programs: Programs): Promise<number> {
  const shown = Promise.withResolvers<number>();
  let text = "";
  const started = performance.now();
  const child = Bun.spawn([programs.woma], {
    cwd: programs.directory,
    env: { ...programs.environment, TERM: "xterm" },
    terminal: {
      data(_terminal, bytes) {
        text += Buffer.from(bytes).toString("latin1");
        if (text.includes(">>> ")) shown.resolve(performance.now() - started);
      },
    },
    timeout: LIMIT_MS,
  });
  void child.exited.then(() => shown.reject(new Error(`no prompt, but:\n${text}`)));
  const elapsedMs = await shown.promise;
  child.kill("SIGKILL");
  await child.exited;
  child.terminal?.close();
  return elapsedMs;
}
