import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../scripts/build-cache.ts";
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

  /** The names of the cache's wheels in alphabetical order; one that is not what its directory promises says so. */
  get wheels(): string[] {
    const directories = namesIn(join(this.cache, "wheels-v1"));
    const wheels = directories.flatMap((hash) =>
      namesIn(join(this.cache, "wheels-v1", hash)).map((file) => {
        const genuine = sha256(readFileSync(join(this.cache, "wheels-v1", hash, file))) === hash;
        return genuine ? file : `${file} is corrupt`;
      }),
    );
    return wheels.sort();
  }

  /** Of downloads that are on their way, or were left so. */
  get partialBytes(): number {
    const partial = join(this.cache, "partial-v1");
    const parts = namesIn(partial).filter((name) => name.endsWith(".part"));
    return parts.reduce((sum, name) => sum + (statSync(join(partial, name), { throwIfNoEntry: false })?.size ?? 0), 0);
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

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** The distribution's server may be reachable from here: a proxy that nobody is makes that the same everywhere. */
const NO_OTHER_SERVER = {
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1",
  PIP_CONFIG_FILE: "/dev/null",
  UV_NO_CONFIG: "1",
};
