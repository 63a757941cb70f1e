import type { Libc } from "../protocol/libc.ts";
import type { RequestOf, Start, StreamGrant } from "../protocol/messages.ts";
import { MemoryGroup } from "../sandbox/cgroup.ts";
import { type CellCommand, type CellEnd, CellProcess } from "./cell-process.ts";
import { Deadline } from "./deadline.ts";
import { ArchiveTable } from "./kernel/archives.ts";
import { IntervalTimer } from "./kernel/clock.ts";
import { dispatch } from "./kernel/dispatch.ts";
import { Figures } from "./kernel/figures.ts";
import type { Files } from "./kernel/files.ts";
import { LimitedOutput, OutputAllowance } from "./kernel/limited-output.ts";
import { HandleTable, type KernelObject } from "./kernel/objects.ts";
import type { ProcessContext, Reply } from "./kernel/process-context.ts";
import { TlsContexts } from "./kernel/tls-contexts.ts";
import { Waiters } from "./kernel/waiters.ts";
import type { ProgramNetwork } from "./network/program-network.ts";
import type { Limits, ProgramEnd, ProgramRequest, ProgramResources } from "./program.ts";
import { ProgramPackages } from "./program-packages.ts";
import { processLimit, ResourceGuard } from "./resource-guard.ts";
import { defaultAction, isDeadly, SIGALRM, SIGINT, SIGKILL, type SignalNumber } from "./signals.ts";
import { holeInWall } from "./wall-check.ts";
import { HeldBytes } from "./xhr/request-body.ts";

/** A cold boot takes a few seconds on a slow machine; a cell that needs longer is stuck. */
const LONGEST_START_MS = 120_000;

const OUT_OF_ORDER = { how: "killed", reason: "its cell sent requests out of order", signal: SIGKILL } as const;

/** A cell that asks before it was given a program. */
const NO_PACKAGES = {
  provide: async () => ({ kind: "none", advice: null, isUnknown: false }) as const,
  install: async () => ({ kind: "refused", reason: "there is no program yet" }) as const,
};

/** The interrupts in a row that a program may leave unseen before the next one kills its cell. */
const IGNORED_INTERRUPTS = 2;

/**
 * A cell and the program in it. Opening one starts the cell, which then waits, its interpreter ready, for
 * `run`; a session runs one program and is over.
 */
export class Session {
  readonly ended: Promise<ProgramEnd>;
  readonly #cell: CellProcess;
  readonly #waiters = new Waiters();
  readonly #handles = new HandleTable();
  readonly #timer = new IntervalTimer(() => this.signal(SIGALRM));
  readonly #confined: boolean;
  readonly #starting: ReturnType<typeof setTimeout>;
  #hello: RequestOf<"hello"> | null = null;
  #onHello: (() => void) | null = null;
  #greeted = false;
  #resources: ProgramResources | null = null;
  #files: Files | null = null;
  #network: ProgramNetwork | null = null;
  #archives = new ArchiveTable();
  #packages: ProgramPackages | null = null;
  readonly #figures = new Figures((png) => this.#resources?.showFigure(png) ?? null);
  readonly #tlsContexts = new TlsContexts();
  #deadline: Deadline | null = null;
  #allowance: OutputAllowance | null = null;
  #group: MemoryGroup | null = null;
  #memoryLimitBytes = 0;
  #toldMemoryLimit = false;
  /** CPython's own handler of SIGINT raises KeyboardInterrupt. */
  #handled: ReadonlySet<number> = new Set([SIGINT]);
  #ignored: ReadonlySet<number> = new Set();
  #unseenInterrupts = 0;
  #verdict: ProgramEnd | null = null;
  /** The program has been handed over; before that a signal meets nobody who could handle it. */
  #started = false;
  #concluded = false;
  #guards: Disposable[] = [];

  constructor(command: CellCommand, libc: Libc | null) {
    this.#confined = command.confinement === "confined";
    const context = this.#context();
    this.#cell = new CellProcess(command, libc, (request, bytes) => {
      // `hello`, or why there is none, comes first, once, and before anything of a stranger's.
      const isGreeting = request.op === "hello" || request.op === "unconfined";
      if (isGreeting === this.#greeted) return this.end(OUT_OF_ORDER);
      this.#greeted = true;
      dispatch(context, request, bytes, this.#reply);
    });
    this.ended = this.#cell.ended.then((end) => this.#conclude(end));
    this.#starting = setTimeout(
      () =>
        this.end({ how: "killed", reason: `Python did not start in ${LONGEST_START_MS / 1000} s`, signal: SIGKILL }),
      LONGEST_START_MS,
    );
    this.#starting.unref();
  }

  get pid(): number | undefined {
    return this.#cell.pid;
  }

  /** Tells the program's waiting request that one of its streams may have become ready. */
  wake(): void {
    this.#waiters.wake();
  }

  /** Resolves when the cell, its wall seen, waits for a program: to null, or to its end when it came to that. */
  async started(): Promise<ProgramEnd | null> {
    await this.#ready();
    return this.#hello === null ? this.ended : null;
  }

  /** Throws when it has run a program already: what that one left behind is never handed to another. */
  async run(request: ProgramRequest, resources: ProgramResources): Promise<ProgramEnd> {
    if (this.#resources !== null) throw new Error("a cell runs one program and no second");
    this.#resources = resources;
    await this.#ready();
    if (this.#concluded) return this.ended;
    if (this.#hello?.restored === false) {
      resources.notify(`no snapshot fits this build; Python started from nothing, in ${this.#hello.bootMs} ms`);
    }
    this.#files = this.#openFiles(resources);
    this.#network = resources.openNetwork();
    this.#archives = resources.compiling?.archives ?? this.#archives;
    this.#packages = this.#openPackages(resources);
    this.#limit(request.limits);
    const streams = ([0, 1, 2] as const).map((fd) => this.#grant(fd, resources.streams[fd]));
    const start: Start = {
      program: request.program,
      argv: request.argv,
      commandLine: request.commandLine,
      flags: request.flags,
      environment: request.environment,
      workingDirectory: request.workingDirectory,
      homeDirectory: request.homeDirectory,
      timeZone: request.timeZone,
      streams,
      ignoredSignals: request.ignoredSignals,
      memoryLimitBytes: request.limits.memoryLimitBytes,
      maximumOpenFiles: request.limits.maximumOpenFiles,
      mounts: this.#files?.mountGrants() ?? [],
      umask: resources.umask,
      transport: this.#network?.transport ?? "sockets",
      archives: this.#packages.initial(),
      neighbourDirectory: resources.neighbours?.directory ?? null,
      shadowed: resources.neighbours?.modules.topLevelNames() ?? [],
    };
    this.#started = true;
    this.#cell.reply(start, request.source);
    // While the cell prepares the program; before that comes to run, all of it is in place.
    this.#guard(request.limits);
    return this.ended;
  }

  /** Delivers a signal as the system would: to the program's handler, or with its default effect. */
  signal(number: SignalNumber): void {
    if (!this.#started) {
      if (defaultAction(number) === "terminate") this.end({ how: "signalled", signal: number });
      return;
    }
    if (this.#ignored.has(number)) return;
    if (!this.#handled.has(number)) {
      if (defaultAction(number) === "terminate") this.end({ how: "signalled", signal: number });
      return;
    }
    if (number === SIGINT) this.#countInterrupt();
    const page = this.#cell.shared?.signalPage;
    if (page === undefined) return this.end({ how: "signalled", signal: number });
    // An interrupt that has not been seen yet is never overwritten by a lesser signal.
    if (page[0] !== SIGINT) page[0] = number;
    this.#waiters.wake();
  }

  /** Kills the cell and gives this as the program's end. */
  end(verdict: ProgramEnd): void {
    this.#verdict ??= verdict;
    this.#cell.kill();
  }

  /** Stops and resumes the cell with the terminal's job control. */
  pause(): void {
    this.#cell.kill("SIGSTOP");
  }

  resume(): void {
    this.#cell.kill("SIGCONT");
  }

  readonly #reply: Reply = (_op, fields, bytes) => this.#cell.reply(fields, bytes);

  /** Made once: every request of the cell's is answered with it. */
  #context(): ProcessContext {
    const resources = () => this.#resources;
    const files = () => this.#files;
    const network = () => this.#network;
    const shared = () => this.#cell.shared;
    const archives = () => this.#archives;
    const packages = () => this.#packages ?? NO_PACKAGES;
    return {
      handles: this.#handles,
      waiters: this.#waiters,
      timer: this.#timer,
      get neighbours() {
        return resources()?.neighbours?.modules ?? null;
      },
      get files() {
        return files();
      },
      get network() {
        return network();
      },
      heldBodies: new HeldBytes(),
      get history() {
        return resources()?.history ?? null;
      },
      get archives() {
        return archives();
      },
      get packages() {
        return packages();
      },
      figures: this.#figures,
      tlsContexts: this.#tlsContexts,
      tlsRoots: async () => this.#network?.certificates ?? null,
      get compiler() {
        return resources()?.compiling?.queue ?? null;
      },
      get resolver() {
        return resources()?.resolver ?? null;
      },
      get window() {
        return shared()?.window ?? null;
      },
      openTerminal: () => {
        const terminal = resources()?.openTerminal() ?? null;
        return terminal === null ? null : this.#limited(terminal);
      },
      signalPending: () => (shared()?.signalPage[0] ?? 0) !== 0,
      onMissing: (path) => resources()?.onMissing(path),
      onMissingModule: (module) => {
        const advice = this.#packages?.adviceForLibrary(module) ?? null;
        if (advice !== null) resources()?.hint(advice);
      },
      onOutOfMemory: () => this.#tellMemoryLimit(),
      onHello: (request) => this.#welcome(request),
      onUnconfined: ({ reason }) => this.end({ how: "unconfined", reason }),
      onSignals: (handled, ignored) => {
        this.#handled = new Set(handled);
        this.#ignored = new Set(ignored);
      },
      // A signal that nobody dies of is none; what a cell says here is done to the broker, too.
      onExit: ({ status, signal, again }) =>
        this.end(isDeadly(signal) ? { how: "signalled", signal } : { how: "exited", status: status & 0xff, again }),
    };
  }

  /** Nothing is handed to a cell before its wall has been seen from outside. */
  #welcome(request: RequestOf<"hello">): void {
    clearTimeout(this.#starting);
    const hole = this.#confined ? holeInWall(this.#cell.pid) : null;
    if (hole !== null) return this.end({ how: "unconfined", reason: hole });
    this.#hello = request;
    this.#onHello?.();
  }

  /** Resolves when the cell waits for a program; at once when it died instead, which `ended` then tells. */
  async #ready(): Promise<void> {
    if (this.#hello !== null) return;
    await Promise.race([new Promise<void>((resolve) => (this.#onHello = resolve)), this.ended]);
  }

  #openPackages(resources: ProgramResources): ProgramPackages {
    return new ProgramPackages({
      run: resources.openPackages(),
      bytecode: resources.bytecode,
      archives: this.#archives,
      suspendDeadline: () => this.#deadline?.suspend() ?? { [Symbol.dispose]() {} },
    });
  }

  /** A cell whose program cannot have what it was granted is not kept. */
  #openFiles(resources: ProgramResources): Files | null {
    try {
      return resources.openFiles();
    } catch (error) {
      this.end({ how: "killed", reason: "its files could not be opened", signal: SIGKILL });
      throw error;
    }
  }

  /** Once: a cell may say so as often as it likes. */
  #tellMemoryLimit(): void {
    if (this.#toldMemoryLimit) return;
    this.#toldMemoryLimit = true;
    const megabytes = this.#memoryLimitBytes / 1024 ** 2;
    this.#resources?.hint(`the interpreter's memory may grow to ${megabytes} MB; allow more with --memory`);
  }

  #grant(fd: 0 | 1 | 2, object: KernelObject): StreamGrant {
    return { fd, handle: this.#handles.open(fd === 0 ? object : this.#limited(object)), kind: object.kind };
  }

  #limited(output: KernelObject): KernelObject {
    return this.#allowance === null ? output : new LimitedOutput(output, this.#allowance);
  }

  #limit({ maximumOpenFiles, maximumOutputBytes }: Limits): void {
    this.#handles.maximum = maximumOpenFiles;
    if (maximumOutputBytes === null) return;
    this.#allowance = new OutputAllowance(maximumOutputBytes, () =>
      this.end({ how: "too-much-output", maximumBytes: maximumOutputBytes }),
    );
  }

  #guard(limits: Limits): void {
    const { timeoutMs, cpuTimeMs, memoryLimitBytes } = limits;
    this.#memoryLimitBytes = memoryLimitBytes;
    if (this.#cell.pid !== undefined) this.#group = MemoryGroup.create(this.#cell.pid, processLimit(memoryLimitBytes));
    this.#guards.push(
      new ResourceGuard(this.#cell.pid, {
        memoryLimitBytes,
        cpuTimeMs,
        threadsExceeded: (count) =>
          this.end({ how: "killed", reason: `its cell had ${count} threads`, signal: SIGKILL }),
        memoryExceeded: () => this.end({ how: "out-of-memory", limitBytes: memoryLimitBytes }),
        cpuTimeExceeded: () => {
          if (cpuTimeMs !== null) this.#stopAfter(0, { how: "out-of-cpu-time", cpuTimeMs });
        },
      }),
    );
    if (timeoutMs !== null) this.#deadline = this.#stopAfter(timeoutMs, { how: "timed-out", timeoutMs });
  }

  /** Interrupts the program then, and kills it when it goes on all the same. */
  #stopAfter(delayMs: number, verdict: ProgramEnd): Deadline {
    const deadline = new Deadline(delayMs, {
      interrupt: () => {
        this.#verdict ??= verdict;
        this.signal(SIGINT);
      },
      kill: () => this.#cell.kill(),
    });
    this.#guards.push(deadline);
    return deadline;
  }

  #countInterrupt(): void {
    this.#unseenInterrupts = this.#cell.shared?.signalPage[0] === SIGINT ? this.#unseenInterrupts + 1 : 0;
    if (this.#unseenInterrupts >= IGNORED_INTERRUPTS)
      this.end({ how: "killed", reason: "it did not react to three interrupts", signal: SIGINT });
  }

  #conclude(end: CellEnd): ProgramEnd {
    this.#concluded = true;
    clearTimeout(this.#starting);
    for (const guard of this.#guards) guard[Symbol.dispose]();
    this.#timer.stop();
    this.#waiters.clear();
    this.#handles.closeAll();
    this.#files?.close();
    this.#network?.close();
    this.#packages?.[Symbol.dispose]();
    if (this.#group?.hasKilled) this.#verdict ??= { how: "out-of-memory", limitBytes: this.#memoryLimitBytes };
    this.#group?.[Symbol.dispose]();
    return this.#verdict ?? { how: "died", end };
  }
}
