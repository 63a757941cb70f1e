import { builtBinary } from "./binary.ts";
import { childrenOf, eventually, onlyChildOf } from "./processes.ts";
import { scratchDirectory } from "./woma.ts";

/** A woma that is under way: stdin is an open pipe, stdout and stderr are two pipes. */
export class RunningWoma {
  readonly pid: number;
  #output = "";
  #errors = "";
  readonly #ends: Promise<unknown>;

  constructor(
    readonly child: Bun.Subprocess<"pipe", "pipe", "pipe">,
    readonly home: string,
  ) {
    this.pid = child.pid;
    this.#ends = Promise.all([
      collect(child.stdout, (text) => (this.#output += text)),
      collect(child.stderr, (text) => (this.#errors += text)),
    ]);
  }

  get stdout(): string {
    return this.#output;
  }

  /** Waits until the program has written this to stdout. */
  async writes(text: string, timeoutMs = 30_000): Promise<void> {
    const came = () => this.#output.includes(text);
    await eventually(
      `${JSON.stringify(text)} on stdout (${JSON.stringify(this.#output + this.#errors)})`,
      came,
      timeoutMs,
    );
  }

  /** The process that holds the interpreter. */
  async cell(): Promise<number> {
    await eventually("the cell runs", () => childrenOf(this.pid).length > 0);
    return onlyChildOf(this.pid);
  }

  type(text: string): void {
    this.child.stdin.write(text);
    this.child.stdin.flush();
  }

  /** How it ended; a woma that does not end is a failure, and is killed. */
  async end(
    timeoutMs = 20_000,
  ): Promise<{ stdout: string; stderr: string; exitCode: number | null; signal: NodeJS.Signals | number | null }> {
    const ended = await Promise.race([this.child.exited.then(() => true), Bun.sleep(timeoutMs).then(() => false)]);
    if (!ended) {
      this.child.kill("SIGKILL");
      throw new Error(`woma still runs after ${timeoutMs} ms; so far:\n${this.#output}${this.#errors}`);
    }
    await this.#ends;
    return { stdout: this.#output, stderr: this.#errors, exitCode: this.child.exitCode, signal: this.child.signalCode };
  }
}

/**
 * Starts the compiled binary with an empty HOME that is also its working directory; killed when the scope ends.
 * A launcher, if given, is a command that ends by executing the rest of its command line.
 */
export async function startWoma(
  args: readonly string[],
  launcher: readonly string[] = [],
): Promise<AsyncDisposable & { readonly woma: RunningWoma }> {
  const scratch = await scratchDirectory();
  const child = Bun.spawn([...launcher, await builtBinary(), ...args], {
    cwd: scratch.path,
    env: { PATH: process.env["PATH"] ?? "", HOME: scratch.path },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  return {
    woma: new RunningWoma(child, scratch.path),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
      await scratch[Symbol.asyncDispose]();
    },
  };
}

async function collect(stream: ReadableStream<Uint8Array>, append: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) append(decoder.decode(chunk, { stream: true }));
}
