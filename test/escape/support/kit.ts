import type { CallName } from "./call-numbers.ts";

/** What an attack's JavaScript has in hand. It is made anew in the cell, from this file's text. */
export interface Kit {
  /** What the test told the attack: ports, paths. */
  readonly given: Readonly<Record<string, string | number>>;
  readonly brokerPid: number;
  readonly pid: number;
  /** One of the runtime's own modules; loosely typed, as attackers are. */
  // biome-ignore lint/suspicious/noExplicitAny: an attacker has no types
  need(module: string): any;
  /** syscall(2): its result; a failure is thrown, with the errno's name as its code. */
  call(name: CallName, ...values: readonly (number | bigint)[]): number;
  /** The same by number. */
  callNumber(number: number, ...values: readonly (number | bigint)[]): number;
  /** The address of a C string. */
  text(text: string): number;
  /** The address of 64-bit words, which `wordsAt` reads again. */
  words(...values: readonly (number | bigint)[]): number;
  wordsAt(address: number, count: number): readonly bigint[];
  /** The address of these bytes, or of so many zeros. */
  bytes(values: readonly number[] | number): number;
  bytesAt(address: number, count: number): Uint8Array;
  /** A function of the C library that gives an int. */
  function(name: string): (...values: readonly (number | bigint)[]) => number;
  /** The address of executable memory with this machine's variant of the code. */
  machineCode(code: { readonly x64: readonly number[]; readonly arm64: readonly number[] }): number;
  /** Calls code without arguments. */
  enter(address: number): number;
  /** A frame as cells send them; the JSON may be none. */
  frame(request: object | string, bytes?: readonly number[]): Uint8Array;
  /** The data window that a bare cell shares with its broker. */
  window(): Uint8Array;
  /** Raw bytes to the broker. */
  send(bytes: Uint8Array): void;
  /** Waits for the broker's next frame: its JSON, and its bytes as text. */
  receive(): Reply;
  /** A request and its reply. */
  ask(request: object, bytes?: readonly number[]): Reply;
}

interface Reply {
  readonly errno?: string;
  readonly [field: string]: unknown;
}

export interface KitFacts {
  readonly given: Kit["given"];
  readonly numbers: Readonly<Record<string, readonly [number, number | null]>>;
  readonly errnoNames: Readonly<Record<number, string>>;
}

/** Runs in the cell, as text: it can use nothing from outside its own braces. */
export function makeKit({ given, numbers, errnoNames }: KitFacts): Kit {
  const cellArguments = process.argv.slice(process.argv.indexOf("__woma-cell"));
  const need = (module: string) => process.getBuiltinModule(module) as never;
  const { CFunction, dlopen, ptr, read, toArrayBuffer } = need("bun:ffi") as typeof import("bun:ffi");
  const six = ["i64", "i64", "i64", "i64", "i64", "i64"] as const;
  const { symbols } = dlopen("libc.so.6", {
    syscall: { args: ["i64", ...six], returns: "i64" },
    __errno_location: { args: [], returns: "ptr" },
  });
  /** Memory that the kernel was given must outlive the call. */
  const kept: unknown[] = [];
  const keep = (array: Uint8Array | BigUint64Array): number => {
    kept.push(array);
    return ptr(array);
  };
  const padded = (values: readonly (number | bigint)[]) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = values;
    return [a, b, c, d, e, f] as const;
  };
  const callNumber: Kit["callNumber"] = (number, ...values) => {
    const result = Number(symbols.syscall(number, ...padded(values)));
    if (result !== -1) return result;
    const errno = read.i32(symbols.__errno_location() as never, 0);
    throw Object.assign(new Error("refused"), { code: errnoNames[errno] ?? `errno ${errno}` });
  };
  const call: Kit["call"] = (name, ...values) => {
    const [x64, arm64] = numbers[name] ?? [null, null];
    return callNumber((process.arch === "x64" ? x64 : arm64) ?? -1, ...values);
  };
  const { readSync, writeSync } = need("fs") as typeof import("node:fs");
  const patiently = (operation: () => number): number => {
    for (;;) {
      try {
        return operation();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        Bun.sleepSync(1);
      }
    }
  };
  const frame: Kit["frame"] = (request, bytes = []) => {
    const json = new TextEncoder().encode(typeof request === "string" ? request : JSON.stringify(request));
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, 4 + json.length + bytes.length, true);
    head.setUint32(4, json.length, true);
    return Buffer.concat([new Uint8Array(head.buffer), json, Uint8Array.from(bytes)]);
  };
  const send: Kit["send"] = (bytes) => {
    for (let sent = 0; sent < bytes.length; ) sent += patiently(() => writeSync(1, bytes, sent));
  };
  const receiveBytes = (count: number): Buffer => {
    const buffer = Buffer.alloc(count);
    for (let got = 0; got < count; ) {
      const more = patiently(() => readSync(0, buffer, got, count - got, null));
      if (more === 0) throw new Error("the broker has closed the pipe");
      got += more;
    }
    return buffer;
  };
  const receive: Kit["receive"] = () => {
    const rest = receiveBytes(receiveBytes(4).readUInt32LE());
    const end = 4 + rest.readUInt32LE();
    const text = rest.toString("utf8", end);
    return { ...JSON.parse(rest.toString("utf8", 4, end)), ...(text === "" ? {} : { text }) };
  };
  return {
    given,
    brokerPid: Number(cellArguments[1]),
    pid: process.pid,
    need,
    call,
    callNumber,
    text: (text) => keep(new TextEncoder().encode(`${text}\0`)),
    words: (...values) => keep(BigUint64Array.from(values, (value) => BigInt.asUintN(64, BigInt(value)))),
    wordsAt: (address, count) => Array.from(new BigUint64Array(toArrayBuffer(address as never, 0, count * 8))),
    bytes: (values) => keep(typeof values === "number" ? new Uint8Array(values) : Uint8Array.from(values)),
    bytesAt: (address, count) => new Uint8Array(toArrayBuffer(address as never, 0, count)),
    function(name) {
      const library = dlopen("libc.so.6", { [name]: { args: [...six], returns: "i32" } });
      const native = library.symbols[name] as unknown as (...values: readonly (number | bigint)[]) => number;
      return (...values) => native(...padded(values));
    },
    machineCode(code) {
      const [readWrite, readExecute, anonymousPrivate] = [3, 5, 0x22];
      const page = call("mmap", 0, 4096, readWrite, anonymousPrivate, -1, 0);
      new Uint8Array(toArrayBuffer(page as never, 0, 4096)).set(code[process.arch as "x64" | "arm64"]);
      call("mprotect", page, 4096, readExecute);
      return page;
    },
    frame,
    window: () => (globalThis as unknown as { sharedMemory: Uint8Array }).sharedMemory.subarray(4096),
    send,
    receive,
    ask(request, bytes) {
      send(frame(request, bytes));
      return receive();
    },
    enter: (address) => Number(CFunction({ ptr: address as never, args: [], returns: "i64" })()),
  };
}

/** What an attack has come to, as text. Runs in the cell, as text. */
export function told(run: () => unknown): string {
  const failure = (error: Error & { code?: string | number }) =>
    typeof error?.code === "string" ? error.code : `${error?.name}: ${error?.message}`;
  try {
    const value = run();
    return value instanceof Promise ? (value.then(String, failure) as never) : String(value);
  } catch (error) {
    return failure(error as Error);
  }
}
