import { afterAll, beforeAll } from "bun:test";
import { join } from "node:path";
import { builtBinary } from "../../support/binary.ts";
import { notRoot, type Obstacle } from "../../support/loud-skip.ts";
import { scratchDirectory } from "../../support/woma.ts";
import type { FromInside, Names, Seen, ToInside } from "./messages.ts";

/** Namespaces of networks and mounts are root's to make; ip is iproute2's. */
export const noPrivateNetwork: Obstacle =
  notRoot ??
  ["unshare", "nsenter", "ip", "mount", "openssl", "python3"]
    .filter((command) => Bun.which(command) === null)
    .map((command) => `needs ${command}`)[0];

/** One for all the tests of a file. */
export function networkForFile(): () => PrivateNetwork {
  let network: PrivateNetwork | undefined;
  beforeAll(async () => {
    if (noPrivateNetwork === undefined) network = await PrivateNetwork.make();
  });
  afterAll(() => network?.[Symbol.asyncDispose]());
  return () => {
    if (network === undefined) throw new Error("there is no network yet");
    return network;
  };
}

export interface Told {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** A network that ends at its own loopback device, which has every address there is to attack, and servers on them. */
export class PrivateNetwork implements AsyncDisposable {
  #answer: (message: FromInside) => void = () => {};

  private constructor(
    private readonly inside: Bun.Subprocess,
    private readonly scratch: AsyncDisposable & { readonly path: string },
  ) {}

  static async make(): Promise<PrivateNetwork> {
    const scratch = await scratchDirectory();
    let network: PrivateNetwork | undefined;
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    const main = join(import.meta.dir, "../inside/main.ts");
    const inside = Bun.spawn(["unshare", "--net", "--mount", process.execPath, main, scratch.path], {
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: FromInside) => (network === undefined ? resolve() : network.#answer(message)),
      onExit: () => reject(new Error("the process inside the network has ended")),
    });
    await ready;
    network = new PrivateNetwork(inside, scratch);
    return network;
  }

  /** Forgets what was seen, and gives names their addresses. */
  async prepare(names: Names = {}): Promise<void> {
    await this.#ask({ kind: "prepare", names });
  }

  async seen(): Promise<Seen> {
    const answer = await this.#ask({ kind: "look" });
    if (answer.kind !== "seen") throw new Error(`not what was asked for: ${answer.kind}`);
    const { connections, lookups } = answer;
    return { connections, lookups };
  }

  /** Runs woma in the network. */
  async woma(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Told> {
    return this.#run([await builtBinary(), ...args], environment);
  }

  /** Runs a python3 without woma in it. */
  async python(code: string, environment: Readonly<Record<string, string>> = {}): Promise<Told> {
    return this.#run(["python3", "-c", code], environment);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.inside.kill("SIGKILL");
    await this.inside.exited;
    await this.scratch[Symbol.asyncDispose]();
  }

  async #run(command: readonly string[], environment: Readonly<Record<string, string>>): Promise<Told> {
    await using home = await scratchDirectory();
    const entering = ["nsenter", "--target", `${this.inside.pid}`, "--net", "--mount", `--wd=${home.path}`, "--"];
    const child = Bun.spawn([...entering, ...command], {
      env: { PATH: process.env["PATH"] ?? "", HOME: home.path, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LONGEST_RUN_MS,
      killSignal: "SIGKILL",
    });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    await child.exited;
    return { stdout, stderr, exitCode: child.exitCode };
  }

  #ask(message: ToInside): Promise<FromInside> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.inside.send(message);
    });
  }
}

/** Whatever takes longer hangs. */
const LONGEST_RUN_MS = 30_000;
