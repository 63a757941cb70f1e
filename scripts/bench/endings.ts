import { BARE_RESOURCES } from "../../src/broker/bare-program.ts";
import type { KernelObject } from "../../src/broker/kernel/objects.ts";
import type { ProgramEnd, ProgramRequest, ProgramResources } from "../../src/broker/program.ts";
import { Session } from "../../src/broker/session.ts";
import { openLibc } from "../../src/protocol/libc.ts";
import type { CellUrgency } from "../../src/protocol/messages.ts";
import { PLAIN_FLAGS } from "../../src/protocol/plain-flags.ts";
import { alternate } from "./alternate.ts";
import type { Budget, Line } from "./line.ts";
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";

const ROUNDS = 9;
const HEARD_AT_MOST: Budget = { of: "median", atMost: 50 };
const NEXT_AT_MOST: Budget = { of: "median", atMost: 5 };
/** For the processor to be done with what came before. */
const PAUSE_MS = 100;

interface Ending {
  /** From the kill to the end of `run`. */
  readonly heardMs: number;
  /** From the spare's `run` to its program's first byte of output. */
  readonly nextMs: number;
}

/** A cell is killed, and the next program runs in a spare one: broker and cells as a front end has them. */
export async function measureEndings(programs: Programs): Promise<readonly Line[]> {
  const libc = openLibc();
  const openSession = (urgency: CellUrgency) =>
    new Session(
      { executable: programs.woma, leading: [], snapshotPath: undefined, confinement: "confined", urgency },
      libc,
    );
  const { woma } = await alternate(ROUNDS, { woma: () => timeEnding(openSession) });
  const line = (name: string, of: (ending: Ending) => number, budget: Budget): Line => ({
    name,
    unit: "ms",
    woma: spreadOf(woma.map(of)),
    against: "nothing",
    budget,
  });
  return [
    line("killed cell to its caller", ({ heardMs }) => heardMs, HEARD_AT_MOST),
    line("next run's first output, from a spare", ({ nextMs }) => nextMs, NEXT_AT_MOST),
  ];
}

async function timeEnding(openSession: (urgency: CellUrgency) => Session): Promise<Ending> {
  const session = openSession("urgent");
  const output = new WatchedStream();
  const running = session.run(program("print(1, flush=True)\nwhile True: pass"), resources(output));
  await Promise.race([output.came, running.then(failWith)]);
  const spare = openSession("spare");
  const ready = await spare.started();
  if (ready !== null) failWith(ready);
  await Bun.sleep(PAUSE_MS);

  const { pid } = session;
  if (pid === undefined) throw new Error("the cell has no process");
  const killed = performance.now();
  process.kill(pid, "SIGKILL");
  const end = await running;
  const heardMs = performance.now() - killed;
  if (end.how !== "died" || end.end.signal !== "SIGKILL") failWith(end);

  const next = new WatchedStream();
  const handed = performance.now();
  const last = spare.run(program("print(1)"), resources(next));
  const nextMs = (await Promise.race([next.came, last.then(failWith)])) - handed;
  const ended = await last;
  if (ended.how !== "exited" || ended.status !== 0) failWith(ended);
  return { heardMs, nextMs };
}

function failWith(end: ProgramEnd): never {
  throw new Error(`no figure: the program's end was ${JSON.stringify(end)}`);
}

/** A stream at its end, which tells when the first byte is written to it. */
class WatchedStream implements KernelObject {
  readonly kind = "pipe";
  readonly #came = Promise.withResolvers<number>();

  /** By `performance.now`. */
  get came(): Promise<number> {
    return this.#came.promise;
  }

  read(): Uint8Array {
    return new Uint8Array(0);
  }

  write(bytes: Uint8Array): number {
    if (bytes.length > 0) this.#came.resolve(performance.now());
    return bytes.length;
  }

  readiness(events: number): number {
    return events;
  }

  control(): "ENOTTY" {
    return "ENOTTY";
  }

  close(): void {}
}

function resources(output: KernelObject): ProgramResources {
  return {
    ...BARE_RESOURCES,
    streams: { 0: new WatchedStream(), 1: output, 2: new WatchedStream() },
    notify: (text) => console.error(text),
    hint: (text) => console.error(text),
  };
}

function program(code: string): ProgramRequest {
  return {
    program: { kind: "command", code },
    argv: ["-c"],
    commandLine: ["-c", code],
    flags: PLAIN_FLAGS,
    source: new Uint8Array(0),
    environment: {},
    workingDirectory: "/",
    homeDirectory: "/",
    timeZone: "UTC",
    ignoredSignals: [],
    limits: {
      timeoutMs: null,
      cpuTimeMs: null,
      memoryLimitBytes: 2 ** 30,
      maximumOutputBytes: null,
      maximumOpenFiles: 1024,
    },
  };
}
