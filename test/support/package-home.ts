import { join } from "node:path";
import { startWoma } from "./running.ts";
import { type RunOptions, type RunOutcome, runWoma, scratchDirectory } from "./woma.ts";

export interface PackageSources {
  readonly mirror?: { readonly url: string };
  readonly index?: { readonly url: string };
}

/** A home with a package cache that begins empty, and the few servers that a woma in it may reach. */
export class PackageHome implements AsyncDisposable {
  readonly cache: string;

  private constructor(
    readonly path: string,
    private readonly sources: PackageSources,
    private readonly remove: () => PromiseLike<void>,
  ) {
    this.cache = join(path, "cache");
  }

  static async make(sources: PackageSources): Promise<PackageHome> {
    const scratch = await scratchDirectory();
    return new PackageHome(scratch.path, sources, () => scratch[Symbol.asyncDispose]());
  }

  get environment(): Record<string, string> {
    return {
      HOME: this.path,
      WOMA_CACHE: this.cache,
      WOMA_MIRROR: this.sources.mirror?.url ?? "",
      ...NO_OTHER_SERVER,
      PIP_INDEX_URL: this.sources.index?.url ?? "http://127.0.0.1:9/simple/",
    };
  }

  /** Runs the compiled binary in the home. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Omit<RunOutcome, "stdoutBytes">> {
    const { stdout, stderr, exitCode } = await runWoma(args, {
      cwd: this.path,
      ...options,
      env: { ...this.environment, ...options.env },
    });
    return { stdout, stderr, exitCode };
  }

  /** Starts the compiled binary with the home's cache and servers; its working directory is its own. */
  start(args: readonly string[], environment: Record<string, string> = {}): ReturnType<typeof startWoma> {
    const variables = Object.entries({ ...this.environment, ...environment });
    return startWoma(args, ["env", ...variables.map(([name, value]) => `${name}=${value}`)]);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.remove();
  }
}

/** The distribution's server may be reachable from here: a proxy that nobody is makes that the same everywhere. */
const NO_OTHER_SERVER = {
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1",
  PIP_CONFIG_FILE: "/dev/null",
  UV_NO_CONFIG: "1",
};
