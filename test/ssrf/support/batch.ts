import { expect } from "bun:test";
import { join } from "node:path";
import type { PrivateNetwork } from "./private-network.ts";
import type { Attempt, Way } from "./way.ts";

interface Outcome {
  /** What each attempt printed. */
  readonly lines: readonly string[];
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly reaches: readonly string[];
  readonly asks: readonly string[];
}

/** Attempts with the same flags, environment and names, made in one program. */
export class Batch {
  readonly #members: { readonly way: Way; readonly attempt: Attempt }[] = [];
  #outcome: Promise<Outcome> | undefined;

  constructor(
    private readonly network: () => PrivateNetwork,
    private readonly by: "woma" | "python3",
  ) {}

  get size(): number {
    return this.#members.length;
  }

  get name(): string {
    const [first] = this.#members;
    return `${this.size} attempts by ${[this.by, ...(first?.attempt.flags ?? [])].join(" ")}`;
  }

  /** Its place among the lines. */
  add(way: Way, attempt: Attempt): number {
    return this.#members.push({ way, attempt }) - 1;
  }

  /** Of the run, which is made once. */
  outcome(): Promise<Outcome> {
    this.#outcome ??= this.#run();
    return this.#outcome;
  }

  /** What the servers should have seen of all; anything, where one of them does not say. */
  expected(): { readonly reaches: unknown; readonly asks: unknown } {
    const reaches = this.#members.map(({ attempt }) => attempt.reaches);
    const asks = this.#members.map(({ attempt }) => attempt.asks);
    return {
      reaches: reaches.includes(undefined) ? expect.any(Array) : [...new Set(reaches.flat())],
      asks: asks.includes(undefined) ? expect.any(Array) : [...new Set(asks.flat())].sort(),
    };
  }

  async #run(): Promise<Outcome> {
    const [first] = this.#members;
    if (first === undefined) throw new Error("nobody tries anything");
    const network = this.network();
    await network.prepare(first.way.names);
    const program = await programOf(this.#members.map(({ way }) => way.python));
    const { flags = [], environment } = first.attempt;
    const { stdout, stderr, exitCode } =
      this.by === "woma" ? await network.woma([...flags, "-c", program], environment) : await network.python(program);
    const { connections, lookups } = await network.seen();
    return {
      lines: stdout.split("\n"),
      stderr,
      exitCode,
      reaches: [...new Set(connections)],
      asks: [...new Set(lookups)].sort(),
    };
  }
}

async function programOf(codes: readonly string[]): Promise<string> {
  const attempts = await Bun.file(join(import.meta.dir, "attempts.py")).text();
  return attempts.replace("CODES: list\n", () => `CODES = ${JSON.stringify(codes)}\n`);
}
