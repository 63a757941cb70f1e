import { WomaError } from "../errors.ts";
import { unavailableFiles } from "./availability.ts";
import type { Cache } from "./cache.ts";
import { fetchPackages } from "./download.ts";
import { DownloadError, HashMismatchError } from "./download-error.ts";
import { DownloadRun } from "./download-run.ts";
import { type Lock, loadLock } from "./lock.ts";
import { type LockState, lockedPlan } from "./locked-plan.ts";
import type { OpenWheel } from "./open-wheel.ts";
import type { PackageFile } from "./package-file.ts";
import type { PackageSettings } from "./package-settings.ts";
import { RememberedSwaps } from "./remembered-swaps.ts";
import { type Requirement, requirement } from "./requirement.ts";
import { type Plan, type ResolveContext, resolve } from "./resolve.ts";

/** Where packages come from and who is told. */
export interface ProviderParts extends Pick<ResolveContext, "resolveInCell" | "progress">, LockState {
  readonly settings: PackageSettings;
  /** Null where there is none: then nothing is kept between runs. */
  readonly cache: Cache | null;
  /** Why no program may have packages of an index; null when they may. */
  readonly indexRefusal: string | null;
}

/** What a bare import comes to: wheels to mount, or words for the error. */
export type ModuleSupply = { readonly wheels: readonly OpenWheel[] } | { readonly advice: string | null };

export interface Installed {
  /** What was not there before. */
  readonly wheels: readonly OpenWheel[];
  /** All that the requirements came to, as `name==version`. */
  readonly packages: readonly string[];
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
    const excludedLock = this.#excluded(swaps);
    for (;;) {
      const plan = await this.plan(requirements, { ...besides, present: new Map(), signal, excludedLock });
      if (isLocked || settings.offline) return plan;
      const ofLock = plan.packages.flatMap(({ file }) => (file.origin === "lock" ? [file] : []));
      const missing = await unavailableFiles(ofLock, { cache, settings, signal });
      if (missing.length === 0) return plan;
      for (const { name } of missing) excludedLock.add(name);
      swaps.add(excludedLock);
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
      const wheel = this.#open.get(file.sha256) ?? this.parts.cache?.find(file) ?? null;
      if (wheel === null) return [];
      this.#open.set(file.sha256, wheel);
      return [wheel];
    });
  }

  /** The packages of one program. */
  begin(): PackageRun {
    return new PackageRun(
      this,
      this.#initial.flatMap(({ sha256 }) => this.#open.get(sha256) ?? []),
    );
  }

  /** Resolves and fetches. A package of the lock that cannot be had is taken from an index, since it was asked for by name. */
  async supply(
    requirements: readonly Requirement[],
    { run, planned, ...surroundings }: Surroundings,
  ): Promise<{ readonly plan: Plan; readonly wheels: readonly OpenWheel[] }> {
    const swaps = new RememberedSwaps(this.parts.cache);
    const excludedLock = this.#excluded(swaps);
    for (;;) {
      const plan = await this.plan(requirements, { ...surroundings, excludedLock });
      planned?.(plan);
      try {
        return {
          plan,
          wheels: await this.fetch(
            plan.packages.map(({ file }) => file),
            run,
            surroundings.signal,
          ),
        };
      } catch (error) {
        if (!(error instanceof DownloadError) || error instanceof HashMismatchError || this.parts.isLocked) throw error;
        const missing = plan.packages.filter(({ file }) => error.files.some(({ sha256 }) => sha256 === file.sha256));
        if (missing.length === 0 || missing.some(({ file }) => file.origin !== "lock")) throw error;
        for (const { file } of missing) excludedLock.add(file.name);
        swaps.add(excludedLock);
      }
    }
  }

  async plan(
    requirements: readonly Requirement[],
    surroundings: Pick<ResolveContext, "present" | "signal" | "excludedLock" | "constraints" | "sources">,
  ): Promise<Plan> {
    const { settings, cache, resolveInCell, progress } = this.parts;
    const context = { ...surroundings, lock: this.lock, settings, cache, resolveInCell, progress };
    return (await lockedPlan(requirements, this.parts, context)) ?? (await resolve(requirements, context));
  }

  /** Packages of the lock that could not be had a while ago either. */
  #excluded(swaps: RememberedSwaps): Set<string> {
    return new Set(this.parts.isLocked ? [] : [...swaps.names()].filter((name) => !this.#has(name)));
  }

  /** Whether the lock's own file of this package is at hand. */
  #has(name: string): boolean {
    const found = this.lock.packages.has(name) ? (this.parts.cache?.find(this.lock.fileOf(name)) ?? null) : null;
    found?.close();
    return found !== null;
  }

  /** Opens what the cache has and downloads the rest. */
  async fetch(files: readonly PackageFile[], run: DownloadRun, signal: AbortSignal): Promise<readonly OpenWheel[]> {
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

/** What one program has been given, and may still be. */
export class PackageRun {
  readonly #present = new Map<string, string>();
  /** What the user was told about; no program tells more than there are packages. */
  readonly #advised = new Set<string>();
  readonly #run: DownloadRun;
  #leftMs: number;

  constructor(
    private readonly provider: PackageProvider,
    readonly initial: readonly OpenWheel[],
  ) {
    const { settings } = provider.parts;
    this.#run = new DownloadRun(settings);
    this.#leftMs = settings.installTimeoutMs;
    this.#add(initial);
  }

  /** For an import of a module that the program has not. Throws WomaError. */
  async provide(module: string, signal: AbortSignal): Promise<ModuleSupply> {
    const { lock, parts } = this.provider;
    const name = lock.packageOfModule(module);
    if (parts.settings.autoInstall === "index" && name === null) return this.install([module], signal);
    if (name === null || parts.settings.autoInstall === "off") return { advice: this.#advice(module, name) };
    const files = lock
      .closure([name])
      .filter((each) => !this.#present.has(each.name))
      .map((each) => lock.fileOf(each.name));
    if (files.length === 0) return { advice: null };
    try {
      const wheels = await this.#withinTime(signal, (limited) => this.provider.fetch(files, this.#run, limited));
      this.#add(wheels);
      return { wheels };
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      throw new WomaError(error.message, { hint: this.#hintForLock(name, error.hint ?? ""), cause: error });
    }
  }

  /** For packages that the program asks for by name, as requirements. Throws WomaError. */
  async install(texts: readonly string[], signal: AbortSignal): Promise<Installed> {
    const { lock, parts } = this.provider;
    const requirements = texts.map((text) => requirement(text, "the program"));
    if (parts.indexRefusal !== null && requirements.some(({ text }) => !lock.packages.has(text))) {
      throw new WomaError(parts.indexRefusal);
    }
    const { plan, wheels } = await this.#withinTime(signal, (limited) =>
      this.provider.supply(requirements, { present: this.#present, run: this.#run, signal: limited }),
    );
    this.#add(wheels);
    return { wheels, packages: plan.packages.map(({ file }) => `${file.name}==${file.version}`) };
  }

  /** How the program could have a module that one of its libraries misses; null when there is nothing to say. */
  adviceForLibrary(module: string): string | null {
    const name = this.provider.lock.packageOfModule(module);
    if (name === null || this.#present.has(name) || this.#advised.has(name)) return null;
    this.#advised.add(name);
    return `${name} has the module '${module}': import it in the program, or run it with \`woma --with ${name}\``;
  }

  /** One budget for all that a program has installed, so that none can go on for ever by installing. */
  async #withinTime<T>(signal: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { settings } = this.provider.parts;
    const started = performance.now();
    try {
      return await withinTime(settings, this.#leftMs, signal, act);
    } finally {
      this.#leftMs -= performance.now() - started;
    }
  }

  #add(wheels: readonly OpenWheel[]): void {
    for (const { file } of wheels) this.#present.set(file.name, file.version);
  }

  /** What the user may have meant, or could do, where a bare import installs nothing. */
  #advice(module: string, name: string | null): string | null {
    if (name !== null) return `\`woma --with ${name}\` has it; nothing is installed on import with --auto-install=off`;
    const near = this.provider.lock.nearestModule(module);
    const other = `\`woma --with ${module}\` takes a package of that name from the package index, if there is one`;
    return near === null
      ? `no package of the distribution has it; ${other}`
      : `did you mean '${near}'? If not, ${other}`;
  }

  #hintForLock(name: string, hint: string): string {
    const { isLocked, settings } = this.provider.parts;
    return isLocked || settings.offline
      ? hint
      : `\`woma --with ${name}\` takes it from the package index instead; or ${hint}`;
  }
}

/** Gives up after so long; --install-timeout is what the message is about. */
export async function withinTime<T>(
  { installTimeoutMs }: PackageSettings,
  leftMs: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(Math.max(leftMs, 0));
  try {
    return await act(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error;
    throw new WomaError(`installing packages took longer than ${installTimeoutMs / 1000} s, the --install-timeout`, {
      hint: "give it more time with --install-timeout; what was downloaded so far is kept and not fetched again",
      cause: error,
    });
  }
}
