import type { Cache } from "./cache/cache.ts";
import type { OpenWheel } from "./cache/open-wheel.ts";
import { isInCore } from "./core-packages.ts";
import { unavailableFiles } from "./download/availability.ts";
import { fetchPackages } from "./download/download.ts";
import { DownloadError, HashMismatchError } from "./download/download-error.ts";
import { DownloadRun } from "./download/download-run.ts";
import { withinTime } from "./install-time.ts";
import { type Lock, loadLock } from "./lock.ts";
import type { PackageFile } from "./package-file.ts";
import type { PackageSettings } from "./package-settings.ts";
import { type LockState, lockedMismatch, lockedPlan } from "./resolve/locked-plan.ts";
import { RememberedSwaps } from "./resolve/remembered-swaps.ts";
import type { Requirement } from "./resolve/requirement.ts";
import { ResolutionError } from "./resolve/resolution-failure.ts";
import { type Plan, type ResolveContext, resolve } from "./resolve/resolve.ts";

/** Where packages come from and who is told. */
export interface ProviderParts extends Pick<ResolveContext, "resolveInCell" | "progress">, LockState {
  readonly settings: PackageSettings;
  /** Null where there is none: then nothing is kept between runs. */
  readonly cache: Cache | null;
  /** Why no program may have packages of an index; null when they may. */
  readonly indexRefusal: string | null;
}

/** The front door: imports and requirements in, verified wheels out. One serves all programs of a broker. */
export class PackageProvider {
  /** Wheels stay open, by hash: any number of programs may have them. */
  readonly #open = new Map<string, OpenWheel>();
  #lock: Lock | null = null;
  #initial: readonly PackageFile[] = [];
  readonly #run: DownloadRun;

  constructor(readonly parts: ProviderParts) {
    this.#run = new DownloadRun(parts.settings);
  }

  get lock(): Lock {
    this.#lock ??= loadLock();
    return this.#lock;
  }

  /** Resolves and fetches what every program is to have from the start; what that is. Throws WomaError. */
  async prepare(requirements: readonly Requirement[], signal: AbortSignal): Promise<Plan> {
    if (requirements.length === 0) return { packages: [], notes: [] };
    const { settings } = this.parts;
    const { plan } = await withinTime(settings, settings.installTimeoutMs, signal, (limited) =>
      this.supply(requirements, { present: new Map(), run: this.#run, signal: limited }),
    );
    // A plan that was made before has been told before.
    for (const { file, why } of plan.notes.length > 0 ? plan.packages : []) {
      if (why === "lock" || why === "index") continue;
      this.parts.progress.note(`${file.name} ${file.version} is the index's file, not the distribution's`);
    }
    this.#initial = plan.packages.map(({ file }) => file);
    return plan;
  }

  /** What the requirements come to: no package is fetched, but sources are asked whether they have it. Throws WomaError. */
  planOnly(wanted: Wanted, signal: AbortSignal): Promise<Plan> {
    const { settings } = this.parts;
    return withinTime(settings, settings.installTimeoutMs, signal, (limited) => this.#availablePlan(wanted, limited));
  }

  async #availablePlan({ requirements, ...besides }: Wanted, signal: AbortSignal): Promise<Plan> {
    const { settings, cache, isLocked } = this.parts;
    const swaps = new RememberedSwaps(cache);
    const excluded = this.#excluded(swaps);
    for (;;) {
      const plan = await this.#planWithout(excluded, requirements, { ...besides, present: new Map(), signal });
      if (isLocked || settings.offline) return plan;
      const ofLock = plan.packages.flatMap(({ file }) => (file.origin === "lock" ? [file] : []));
      const missing = await unavailableFiles(ofLock, { cache, settings, signal });
      if (missing.length === 0) {
        swaps.add(excluded.now);
        return plan;
      }
      for (const { name } of missing) excluded.now.add(name);
    }
  }

  /** Fetches what the requirements come to; `planned` is told of each plan first. Throws WomaError. */
  async install(
    { requirements, ...besides }: Wanted,
    planned: (plan: Plan) => void,
    signal: AbortSignal,
  ): Promise<Plan> {
    const { settings } = this.parts;
    const { plan } = await withinTime(settings, settings.installTimeoutMs, signal, (limited) =>
      this.supply(requirements, { ...besides, present: new Map(), run: this.#run, signal: limited, planned }),
    );
    return plan;
  }

  /** Opens what the cache has of the packages that bring these modules; nothing is fetched, and no program has them yet. */
  openCached(modules: readonly string[]): readonly OpenWheel[] {
    const packages = modules.flatMap((module) => this.lock.packageOfModule(module) ?? []);
    return this.lock.closure(packages).flatMap(({ name }) => {
      const file = this.lock.fileOf(name);
      const wheel = this.#open.get(file.sha256) ?? this.#find(file);
      if (wheel === null) return [];
      this.#open.set(file.sha256, wheel);
      return [wheel];
    });
  }

  /** What `prepare` came to. */
  get initial(): readonly OpenWheel[] {
    return this.#initial.flatMap(({ sha256 }) => this.#open.get(sha256) ?? []);
  }

  /** Resolves and fetches. A package of the lock that cannot be had is taken from an index, since it was asked for by name. */
  async supply(
    requirements: readonly Requirement[],
    { run, planned, ...surroundings }: Surroundings,
  ): Promise<{ readonly plan: Plan; readonly wheels: readonly OpenWheel[] }> {
    const swaps = new RememberedSwaps(this.parts.cache);
    const excluded = this.#excluded(swaps);
    for (;;) {
      const plan = await this.#planWithout(excluded, requirements, surroundings);
      planned?.(plan);
      try {
        const files = plan.packages.map(({ file }) => file);
        const wheels = await this.fetch(files, run, surroundings.signal);
        swaps.add(excluded.now);
        return { plan, wheels };
      } catch (error) {
        if (error instanceof HashMismatchError) throw lockedMismatch(error, plan);
        if (!(error instanceof DownloadError) || this.parts.isLocked) throw error;
        const missing = plan.packages.filter(({ file }) => error.files.some(({ sha256 }) => sha256 === file.sha256));
        if (missing.length === 0 || missing.some(({ file }) => file.origin !== "lock")) throw error;
        for (const { file } of missing) excluded.now.add(file.name);
      }
    }
  }

  async plan(
    requirements: readonly Requirement[],
    surroundings: Pick<ResolveContext, "present" | "signal" | "excludedLock" | "constraints" | "sources">,
  ): Promise<Plan> {
    const { settings, cache, resolveInCell, progress } = this.parts;
    const context = { ...surroundings, lock: this.lock, settings, cache, resolveInCell, progress };
    const plan = (await lockedPlan(requirements, this.parts, context)) ?? (await resolve(requirements, context));
    return { ...plan, packages: plan.packages.filter(({ file }) => !isInCore(file)) };
  }

  /** What could not be had before is tried again where there is no plan without it: by now it may be there. */
  async #planWithout(
    excluded: Excluded,
    requirements: readonly Requirement[],
    surroundings: Omit<Parameters<PackageProvider["plan"]>[1], "excludedLock">,
  ): Promise<Plan> {
    try {
      return await this.plan(requirements, { ...surroundings, excludedLock: excluded.before.union(excluded.now) });
    } catch (error) {
      const isHopeless = excluded.before.isSubsetOf(excluded.now);
      if (isHopeless || !(error instanceof ResolutionError)) throw error;
      excluded.before = new Set();
      return this.plan(requirements, { ...surroundings, excludedLock: excluded.now });
    }
  }

  #excluded(swaps: RememberedSwaps): Excluded {
    const before = this.parts.isLocked ? [] : [...swaps.names()].filter((name) => !this.#has(name));
    return { before: new Set(before), now: new Set() };
  }

  /** Whether the lock's own file of this package is at hand. */
  #has(name: string): boolean {
    const found = this.lock.packages.has(name) ? this.#find(this.lock.fileOf(name)) : null;
    found?.close();
    return found !== null;
  }

  #find(file: PackageFile): OpenWheel | null {
    const { cache, progress } = this.parts;
    return cache?.find(file, (text) => progress.note(text)) ?? null;
  }

  /** Opens what the cache has and downloads the rest. */
  async fetch(files: readonly PackageFile[], run: DownloadRun, signal: AbortSignal): Promise<readonly OpenWheel[]> {
    run.admit(files);
    const missing = files.filter(({ sha256 }) => !this.#open.has(sha256));
    const { settings, cache, progress } = this.parts;
    try {
      for (const wheel of await fetchPackages(missing, { settings, cache, progress, run, signal })) {
        this.#open.set(wheel.file.sha256, wheel);
      }
    } finally {
      progress.ended?.();
    }
    if (missing.length > 0 && settings.cacheLimitBytes !== null) cache?.evict(settings.cacheLimitBytes);
    return files.flatMap(({ sha256 }) => this.#open.get(sha256) ?? []);
  }
}

/** Packages of the lock that could not be had. */
interface Excluded {
  /** By an earlier run. */
  before: ReadonlySet<string>;
  readonly now: Set<string>;
}

/** What is asked for, and what a requirements file says besides. */
export interface Wanted extends Pick<ResolveContext, "constraints" | "sources"> {
  readonly requirements: readonly Requirement[];
}

interface Surroundings extends Pick<ResolveContext, "constraints" | "sources"> {
  /** What is there already, and stays: versions by name. */
  readonly present: ReadonlyMap<string, string>;
  readonly run: DownloadRun;
  readonly signal: AbortSignal;
  /** Told of each plan before anything is fetched for it. */
  readonly planned?: (plan: Plan) => void;
}
