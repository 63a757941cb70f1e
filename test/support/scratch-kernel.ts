import { expect } from "bun:test";
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArchiveTable, type MountedArchive } from "../../src/broker/kernel/archives.ts";
import { IntervalTimer } from "../../src/broker/kernel/clock.ts";
import { dispatch } from "../../src/broker/kernel/dispatch.ts";
import { Figures } from "../../src/broker/kernel/figures.ts";
import { FileLocks } from "../../src/broker/kernel/file-locks.ts";
import { Files } from "../../src/broker/kernel/files.ts";
import { History } from "../../src/broker/kernel/history.ts";
import { Neighbours } from "../../src/broker/kernel/neighbours.ts";
import { HandleTable } from "../../src/broker/kernel/objects.ts";
import { createPipe } from "../../src/broker/kernel/pipe.ts";
import type { ProcessContext } from "../../src/broker/kernel/process-context.ts";
import { createSocketPair } from "../../src/broker/kernel/socket-pair.ts";
import { TcpSocket } from "../../src/broker/kernel/sockets.ts";
import { TlsContext } from "../../src/broker/kernel/tls-context.ts";
import { TlsContexts } from "../../src/broker/kernel/tls-contexts.ts";
import { TlsEngine } from "../../src/broker/kernel/tls-engine.ts";
import { TlsMemory } from "../../src/broker/kernel/tls-memory.ts";
import type { TlsSettings } from "../../src/broker/kernel/tls-settings.ts";
import { TlsStream } from "../../src/broker/kernel/tls-stream.ts";
import { Waiters } from "../../src/broker/kernel/waiters.ts";
import type { ProgramNetwork } from "../../src/broker/network/program-network.ts";
import { HeldBytes } from "../../src/broker/xhr/request-body.ts";
import type { GuestPath, HostPath, Mount } from "../../src/permissions/permissions.ts";
import type { Libc } from "../../src/protocol/libc.ts";
import { DATA_WINDOW_BYTES, parseRequest, type Request } from "../../src/protocol/messages.ts";
import { hostileTexts, type Subjects } from "./hostile-requests.ts";
import { faultOf, type GivenReply } from "./reply-shape.ts";
import { scratchNetwork } from "./scratch-network.ts";
import { scratchDirectory } from "./woma.ts";

/** What lies outside every grant; no reply may hold it. */
const SECRET = "the secret outside the mounts";
export const MAXIMUM_OPEN_FILES = 64;
const MAXIMUM_WRITTEN_BYTES = 16 * 1024 * 1024;

/** A wheel of one module. */
const ARCHIVE: MountedArchive = {
  entries: [{ name: "module.py", method: 0, compressedBytes: 7, bytes: 7, headerOffset: 0 }],
  readAt: (target, position) => Math.min(target.length, Math.max(0, 100 - position)),
};

/** As from packages that are all there, and none. */
const ANSWERING: ProcessContext["packages"] = {
  provide: async () => ({ kind: "mounted", archives: [] }),
  install: async () => ({ kind: "refused", reason: "no such package" }),
};

export type Answer = "no request" | "none" | GivenReply;

interface Exchange {
  readonly request: Request;
  replies: number;
  answer: Answer;
}

/**
 * The broker's kernel with everything a program can be given, on a scratch directory: `writable` is its /data,
 * `readonly` its /readonly and, inside the other mount, /data/nested; `one.txt` its /one.txt; `outside` is nobody's.
 */
export class ScratchKernel implements AsyncDisposable {
  readonly window = new Uint8Array(DATA_WINDOW_BYTES);
  readonly waiters = new Waiters();
  readonly handles = new HandleTable();
  readonly files: Files;
  readonly #context: ProcessContext;
  /** The inodes of what lies outside. */
  readonly #hidden: ReadonlySet<unknown>;
  readonly #timer = new IntervalTimer(() => {});
  readonly #history: History;
  readonly #neighbours: Neighbours;
  readonly #contender: { readonly fd: number; readonly locks: FileLocks };
  /** How requests of each kind ended, so far. */
  readonly outcomes = new Map<Request["op"], Set<"done" | "refused">>();
  /** All so far: a reply may come late. */
  readonly #exchanges: Exchange[] = [];
  #signalPending = false;
  readonly #archives = new ArchiveTable();

  private constructor(
    private readonly scratch: AsyncDisposable & { readonly path: string },
    libc: Libc,
    private readonly network: ProgramNetwork,
  ) {
    const { path } = scratch;
    for (const name of ["outside/directory", "readonly/directory", "modules/package"])
      mkdirSync(join(path, name), { recursive: true });
    for (const name of ["outside/secret", "outside/directory/secret", "modules/.env"])
      writeFileSync(join(path, name), SECRET);
    for (const name of [
      "one.txt",
      "readonly/file",
      "readonly/directory/file",
      "modules/module.py",
      "modules/package/data.txt",
    ])
      writeFileSync(join(path, name), "granted");
    symlinkSync("../outside", join(path, "readonly/out"));
    symlinkSync("../outside/secret", join(path, "modules/stolen.py"));
    this.refill();
    const outside = ["outside", "outside/secret", "outside/directory", "outside/directory/secret", "modules/.env"];
    this.#hidden = new Set([".", ...outside].map((name) => statSync(join(path, name)).ino));

    this.files = Files.open(libc, mountsOf(path), { maximumWrittenBytes: MAXIMUM_WRITTEN_BYTES });
    this.handles.maximum = MAXIMUM_OPEN_FILES;
    this.#history = new History(join(path, "state", "history"));
    this.#neighbours = new Neighbours(join(path, "modules"));
    this.#contender = { fd: openSync(join(path, "writable/locked"), "r+"), locks: new FileLocks(libc) };
    this.#contender.locks.apply(this.#contender.fd, { command: "set", type: 1, whence: 0, start: 0, length: 0 });
    this.#archives.add(ARCHIVE);
    this.#context = this.#makeContext();
  }

  /** Without another network, connections are all refused, and no name is found. */
  static async open(libc: Libc, network = scratchNetwork({ flags: "--deny-net" }).network): Promise<ScratchKernel> {
    return new ScratchKernel(await scratchDirectory(), libc, network);
  }

  get path(): string {
    return this.scratch.path;
  }

  /** Puts back what requests have taken away from the writable mount. */
  refill(): void {
    const writable = join(this.path, "writable");
    for (const name of ["file", "locked", "directory/file"]) {
      const path = join(writable, name);
      if (!existsSync(join(path, ".."))) {
        rmSync(join(path, ".."), { force: true });
        mkdirSync(join(path, ".."), { recursive: true });
      }
      if (!existsSync(path)) writeFileSync(path, "granted");
    }
    for (const [name, target] of [
      ["out", "../outside"],
      ["stolen", "../outside/secret"],
      ["self", "self"],
    ] as const) {
      try {
        symlinkSync(target, join(writable, name));
      } catch {
        // It is there still.
      }
    }
  }

  /** Opens what requests are about, anew: whatever was open is closed. */
  subjects(): Subjects {
    this.handles.closeAll();
    const { reader, writer } = createPipe(() => this.waiters.wake());
    const { first, second } = createSocketPair(() => this.waiters.wake());
    second.write(new TextEncoder().encode("granted"));
    const open = (path: string, flags: number) => this.handles.open(this.files.open({ path, flags, mode: 0 }).file);
    const handles = {
      file: open("/data/file", 2),
      readOnlyFile: open("/readonly/file", 0),
      reader: this.handles.open(reader),
      writer: this.handles.open(writer),
      socket: this.handles.open(new TcpSocket(this.network, () => this.waiters.wake())),
      pairEnd: this.handles.open(first),
      ...this.#openTls(),
    };
    return { handles, texts: hostileTexts(this.path) };
  }

  /**
   * Sends one request as a cell would, and returns its answer; one that is not answered at once is interrupted. Asserts
   * that an answer comes once, is well formed, and tells nothing of the secret.
   */
  async ask(json: string, bytes: Uint8Array): Promise<Answer> {
    const request = parseRequest(json);
    if (request === null) return "no request";
    const exchange = this.#send(request, bytes);
    if (exchange.replies === 0) await this.#interrupt();
    expect([json, exchange.replies]).toEqual([json, UNANSWERED.has(request.op) ? 0 : 1]);
    const { answer } = exchange;
    if (typeof answer === "object") this.#check(request, answer);
    // The exchange is kept, and its bytes are not.
    exchange.answer = "none";
    return answer;
  }

  /** As `ask`, but what takes its time is waited for. */
  async askPatiently(json: string, bytes: Uint8Array): Promise<GivenReply> {
    const request = parseRequest(json);
    if (request === null) throw new Error(`no request: ${json}`);
    const exchange = this.#send(request, bytes);
    while (exchange.replies === 0) await Bun.sleep(1);
    this.#check(request, exchange.answer as GivenReply);
    return exchange.answer as GivenReply;
  }

  /** Sends one request that is going to wait, and leaves it. */
  send(request: Request): void {
    expect(this.#send(request, new Uint8Array(0)).replies).toBe(0);
  }

  /** Asserts that no request was answered again meanwhile. */
  expectNoLateReplies(): void {
    expect(this.#exchanges.filter(({ replies }) => replies > 1)).toEqual([]);
  }

  /** As a session that is over. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer.stop();
    this.waiters.clear();
    this.handles.closeAll();
    this.files.close();
    this.#contender.locks.close();
    closeSync(this.#contender.fd);
    await this.scratch[Symbol.asyncDispose]();
  }

  /** Nobody is at the other end. */
  #openTls() {
    const wake = () => this.waiters.wake();
    const context = TlsContext.create(TLS_SETTINGS, { roots: null, onClose: () => {} });
    if (!(context instanceof TlsContext)) throw new Error(context.reason);
    const engine = () => new TlsEngine(context, { hostname: "localhost", session: null }, wake);
    const { first, second } = createSocketPair(wake);
    return {
      plain: this.handles.open(first),
      wrapped: this.handles.open(new TlsStream(second, engine())),
      context: this.handles.open(context),
      engine: this.handles.open(new TlsMemory(engine())),
    };
  }

  #makeContext(): ProcessContext {
    return {
      handles: this.handles,
      waiters: this.waiters,
      timer: this.#timer,
      neighbours: this.#neighbours,
      files: this.files,
      history: this.#history,
      resolver: null,
      network: this.network,
      heldBodies: new HeldBytes(),
      archives: this.#archives,
      packages: ANSWERING,
      figures: new Figures(() => "/tmp/figure.png"),
      tlsContexts: new TlsContexts(),
      tlsRoots: async () => null,
      compiler: null,
      window: this.window,
      openTerminal: () => createPipe(() => {}).writer,
      signalPending: () => this.#signalPending,
      onMissing: () => {},
      onMissingModule: () => {},
      onOutOfMemory: () => {},
      onHello: () => {},
      onUnconfined: () => {},
      onSignals: () => {},
      onExit: () => {},
    };
  }

  #send(request: Request, bytes: Uint8Array): Exchange {
    const exchange: Exchange = { request, replies: 0, answer: "none" };
    this.#exchanges.push(exchange);
    dispatch(this.#context, request, bytes, (_op, fields, given = new Uint8Array(0)) => {
      exchange.replies += 1;
      exchange.answer = { fields: { ...fields }, bytes: given };
    });
    return exchange;
  }

  async #interrupt(): Promise<void> {
    this.#signalPending = true;
    this.waiters.wake();
    await Promise.resolve();
    this.#signalPending = false;
  }

  #check(request: Request, answer: GivenReply): void {
    const { fields, bytes } = answer;
    expect({ request, fault: faultOf(request.op, answer) }).toEqual({ request, fault: null });
    const inodes = [fields["inode"], (fields["status"] as { inode?: number } | undefined)?.inode, ...inodesIn(bytes)];
    expect({ request, seen: inodes.filter((inode) => this.#hidden.has(inode)) }).toEqual({ request, seen: [] });
    const told = [
      Buffer.from(bytes),
      Buffer.from(this.window.subarray(0, Number(fields["windowLength"] ?? 0))),
      Buffer.from(JSON.stringify(fields)),
    ];
    expect({ request, leak: told.some((text) => text.includes(SECRET)) }).toEqual({ request, leak: false });
    const outcome = "errno" in fields ? "refused" : "done";
    this.outcomes.set(request.op, (this.outcomes.get(request.op) ?? new Set()).add(outcome));
  }
}

const TLS_SETTINGS: TlsSettings = {
  defaultRoots: false,
  authorities: "",
  certificates: null,
  key: null,
  password: null,
  ciphers: [],
  minimumVersion: "TLSv1.2",
  maximumVersion: "TLSv1.3",
  protocols: [],
  verification: "chain-and-host",
  commonNames: true,
  partialChain: false,
  keylog: false,
};

/** Of a listing's entries. */
function inodesIn(bytes: Uint8Array): number[] {
  return [
    ...Buffer.from(bytes)
      .toString("latin1")
      .matchAll(/^[dflo](\d+) /gm),
  ].map(([, inode]) => Number(inode));
}

/** These end the cell, or are answered when there is something to run. */
const UNANSWERED: ReadonlySet<Request["op"]> = new Set(["hello", "unconfined", "exit"]);

function mountsOf(path: string): readonly Mount[] {
  const mount = (
    host: string,
    guestPath: string,
    access: Mount["access"],
    kind: Mount["kind"] = "directory",
  ): Mount => ({
    hostPath: join(path, host) as HostPath,
    guestPath: guestPath as GuestPath,
    access,
    kind,
    grantedBy: `--mount ${host}`,
    writableBy: `--mount ${host}:rw`,
  });
  return [
    mount("writable", "/data", "read-write"),
    mount("readonly", "/readonly", "read"),
    mount("readonly", "/data/nested", "read"),
    mount("one.txt", "/one.txt", "read-write", "file"),
  ];
}
