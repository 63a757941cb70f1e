import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { sha256 } from "../../scripts/build-cache.ts";
import { makeMirror, mirrorDirectory, reachableDistribution } from "../../scripts/mirror.ts";
import type { Obstacle } from "./loud-skip.ts";

/** What a mirror does to requests for a file, in place of serving it. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: "redirect"; readonly to: string }
  /** Sends so many bytes, then nothing more on a connection that stays. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Promises the whole file and closes the connection early; after 0 bytes, without an answer. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  | { readonly kind: "other bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  /** Sends all of it whatever part was asked for. */
  | { readonly kind: "no parts" };

export interface MirrorRequest {
  readonly file: string;
  readonly method: string;
  readonly range: string | null;
  readonly status: number;
  /** Of the body, as far as they were handed to the connection. */
  readonly sentBytes: number;
}

/** A web server on this machine with the distribution's wheels, which can be made to misbehave. */
export class TestMirror implements AsyncDisposable {
  readonly requests: MirrorRequest[] = [];
  readonly #faults: { readonly pattern: RegExp; readonly fault: Fault; left: number }[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<TestMirror> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const mirror = new TestMirror(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.on("request", (request, response) => void mirror.#serve(request, response));
    return mirror;
  }

  /** From now on, for the next so many requests for files that match. */
  fault(pattern: RegExp, fault: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#faults.push({ pattern, fault, left: times });
  }

  mend(): void {
    this.#faults.length = 0;
  }

  /** The names of the files asked for, each once, in alphabetical order. */
  get files(): string[] {
    return [...new Set(this.requests.map(({ file }) => file))].sort();
  }

  get sentBytes(): number {
    return this.requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = decodeURIComponent((request.url ?? "/").split("?")[0]?.slice(1) ?? "");
    const range = request.headers.range ?? null;
    const known = { file, method: request.method ?? "", range };
    const logged = (sentBytes: number) => this.requests.push({ ...known, status: response.statusCode, sentBytes });
    response.on("error", () => {});
    const fault = this.#faultFor(file);
    if (fault?.kind === "status" || fault?.kind === "redirect") {
      const [status, headers] =
        fault.kind === "status" ? [fault.status, fault.headers ?? {}] : [302, { location: fault.to }];
      response.writeHead(status, headers).end();
      return void logged(0);
    }
    if (fault?.kind === "cut" && fault.afterBytes === 0) {
      request.socket.destroy();
      return void logged(0);
    }
    const whole = fault?.kind === "other bytes" ? fault.bytes : await mirroredFile(file);
    if (whole === null) {
      response.writeHead(404).end();
      return void logged(0);
    }
    const part = partOf(range, whole.length, fault?.kind !== "no parts");
    response.writeHead(part.status, {
      "content-length": part.end - part.start,
      etag: `"${sha256(whole).slice(0, 16)}"`,
      ...(fault?.kind === "no parts" ? {} : { "accept-ranges": "bytes" }),
      ...(part.status === 206 ? { "content-range": `bytes ${part.start}-${part.end - 1}/${whole.length}` } : {}),
    });
    if (request.method === "HEAD") response.end();
    logged(request.method === "HEAD" ? 0 : await send(response, whole.subarray(part.start, part.end), fault));
  }

  #faultFor(file: string): Fault | undefined {
    const found = this.#faults.find(({ pattern, left }) => left > 0 && pattern.test(file));
    if (found) found.left--;
    return found?.fault;
  }
}

let obstacle: Promise<Obstacle> | undefined;

/** Without a package index there is no mirror to test with. */
export function noMirror(): Promise<Obstacle> {
  obstacle ??= preparedMirror().then(
    () => undefined,
    (error: unknown) => `no mirror of the distribution's wheels (${error instanceof Error ? error.message : error})`,
  );
  return obstacle;
}

/** The file of a package of the lock. */
export function fileOf(name: keyof typeof lock.packages): string {
  return lock.packages[name].file_name;
}

/** A file of the lock as the mirror has it, or null. */
export async function mirroredFile(file: string): Promise<Uint8Array | null> {
  const distribution = await preparedMirror();
  const path = join(mirrorDirectory, file);
  const expected = Object.values(lock.packages).find(({ file_name }) => file_name === file)?.sha256;
  if (expected === undefined) return null;
  const kept = await readFile(path).catch(() => null);
  if ((kept !== null && sha256(kept) === expected) || distribution === null) return kept;
  const answer = await fetch(new URL(file, distribution));
  const bytes = await answer.bytes();
  if (!answer.ok || sha256(bytes) !== expected) return null;
  await mkdir(mirrorDirectory, { recursive: true });
  await writeFile(path, bytes);
  return bytes;
}

let preparing: Promise<string | null> | undefined;

/** Makes .build/mirror, once; where the distribution's own server answers, its URL, and a file is fetched when asked for. */
function preparedMirror(): Promise<string | null> {
  preparing ??= reachableDistribution().then(async (distribution) => {
    if (distribution === null) await makeMirror(mirrorDirectory, () => {});
    return distribution;
  });
  return preparing;
}

function partOf(range: string | null, size: number, served: boolean): { status: number; start: number; end: number } {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === undefined || !served) return { status: 200, start: 0, end: size };
  if (Number(first) >= size) return { status: 416, start: 0, end: 0 };
  return { status: 206, start: Number(first), end: last === "" ? size : Math.min(size, Number(last) + 1) };
}

/** How many bytes went out before the other end, or the fault, made an end of it. */
async function send(response: ServerResponse, bytes: Uint8Array, fault: Fault | undefined): Promise<number> {
  const wanted = fault?.kind === "stall" || fault?.kind === "cut" ? fault.afterBytes : bytes.length;
  const limit = Math.min(wanted, bytes.length);
  let sent = 0;
  while (sent < limit && !response.destroyed) {
    const chunk = bytes.subarray(sent, Math.min(sent + CHUNK_BYTES, limit));
    const more = response.write(chunk);
    sent += chunk.length;
    if (fault?.kind === "slow") await setTimeout((chunk.length / fault.bytesPerSecond) * 1000);
    else if (!more) await drained(response);
  }
  if (fault?.kind === "cut") response.destroy();
  else if (fault?.kind !== "stall" || limit === bytes.length) response.end();
  return sent;
}

/** Waits until the connection takes more, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const events = ["drain", "close"].map((event) => once(response, event, { signal: over.signal }));
  await Promise.race(events).catch(() => {});
  over.abort();
  await Promise.allSettled(events);
}

const CHUNK_BYTES = 64 * 1024;
