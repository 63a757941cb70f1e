import { WomaError } from "../errors.ts";
import type { OpenWheel } from "./cache/open-wheel.ts";
import { isInCore } from "./core-packages.ts";
import { DownloadError, HashMismatchError } from "./download/download-error.ts";
import { DownloadRun } from "./download/download-run.ts";
import { withinTime } from "./install-time.ts";
import type { PackageFile } from "./package-file.ts";
import type { PackageProvider } from "./provide.ts";
import { requirement } from "./resolve/requirement.ts";
import { SOCKET_DEPENDENCIES } from "./socket-dependencies.ts";

/** What a bare import comes to: wheels to mount, or words for the error. */
export type ModuleSupply =
  | { readonly wheels: readonly OpenWheel[] }
  /** `isUnknown` when the distribution has neither such a module nor one of nearly that name. */
  | { readonly advice: string | null; readonly isUnknown: boolean };

export interface Installed {
  /** What was not there before. */
  readonly wheels: readonly OpenWheel[];
  /** All that the requirements came to, as `name==version`. */
  readonly packages: readonly string[];
}

/** What a library misses more of is not told. */
const MOST_ADVICE = 10;

/** What one program has been given, and may still be. */
export class PackageRun {
  readonly #present = new Map<string, string>();
  /** What the user was told about; no program tells more than there are packages. */
  readonly #advised = new Set<string>();
  readonly #run: DownloadRun;
  /** What it has from the start. */
  readonly initial: readonly OpenWheel[];
  #leftMs: number;

  constructor(private readonly provider: PackageProvider) {
    const { settings } = provider.parts;
    this.#run = new DownloadRun(settings);
    this.#leftMs = settings.installTimeoutMs;
    this.initial = provider.initial;
    this.#add(this.initial);
  }

  /** For an import of a module that the program has not. Throws WomaError. */
  async provide(module: string, signal: AbortSignal): Promise<ModuleSupply> {
    const { lock, parts } = this.provider;
    const name = lock.packageOfModule(module);
    if (parts.isLocked && parts.settings.autoInstall !== "off") return this.install([name ?? module], signal);
    if (parts.settings.autoInstall === "index" && name === null) return this.install([module], signal);
    if (name === null || parts.settings.autoInstall === "off") return this.#advice(module, name);
    const files = lock
      .closure([name])
      .filter((each) => !this.#present.has(each.name))
      .map((each) => lock.fileOf(each.name))
      .filter((file) => !isInCore(file));
    if (files.length === 0) return { advice: null, isUnknown: false };
    try {
      const wheels = await this.#withinTime(signal, (limited) => this.#fetchWhatCanBeHad(name, files, limited));
      this.#add(wheels);
      return { wheels };
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      if (error instanceof HashMismatchError) throw error;
      throw new WomaError(error.message, { hint: this.#hintForLock(name, error.hint ?? ""), cause: error });
    }
  }

  /** For packages that the program asks for by name, as requirements. Throws WomaError. */
  async install(texts: readonly string[], signal: AbortSignal): Promise<Installed> {
    const { lock, parts } = this.provider;
    for (const text of texts) refuseAddress(text);
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
    const top = module.split(".", 1)[0] ?? module;
    const name = this.provider.lock.packageOfModule(top);
    const wanted = name ?? top;
    if (this.#present.has(wanted) || this.#advised.has(wanted) || this.#advised.size >= MOST_ADVICE) return null;
    this.#advised.add(wanted);
    return name === null
      ? `\`woma --with ${top}\` takes a package of that name from the package index, if there is one`
      : `${name} has the module '${top}': import it in the program, or run it with \`woma --with ${name}\``;
  }

  /** What a package needs for sockets only, a source may not have: it is imported all the same, and says so when it sends. */
  async #fetchWhatCanBeHad(
    name: string,
    files: readonly PackageFile[],
    signal: AbortSignal,
  ): Promise<readonly OpenWheel[]> {
    try {
      return await this.provider.fetch(files, this.#run, signal);
    } catch (error) {
      const { lock } = this.provider;
      const spare = new Set(lock.closure(SOCKET_DEPENDENCIES.get(name) ?? []).map((each) => each.name));
      if (!(error instanceof DownloadError) || error instanceof HashMismatchError) throw error;
      const missing = new Set(error.files.map((file) => file.name));
      if (missing.size === 0 || !missing.isSubsetOf(spare)) throw error;
      return this.provider.fetch(
        files.filter((file) => !missing.has(file.name)),
        this.#run,
        signal,
      );
    }
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
  #advice(module: string, name: string | null): { readonly advice: string; readonly isUnknown: boolean } {
    if (name !== null) {
      const advice = `\`woma --with ${name}\` has it; nothing is installed on import with --auto-install=off`;
      return { advice, isUnknown: false };
    }
    const near = this.provider.lock.nearestModule(module);
    const other = `\`woma --with ${module}\` takes a package of that name from the package index, if there is one`;
    return near === null
      ? { advice: `no package of the distribution has it; ${other}`, isUnknown: true }
      : { advice: `did you mean '${near}'? If not, ${other}`, isUnknown: false };
  }

  #hintForLock(name: string, hint: string): string {
    const { isLocked, settings } = this.provider.parts;
    return isLocked || settings.offline
      ? hint
      : `\`woma --with ${name}\` takes it from the package index instead; or ${hint}`;
  }
}

/** What a program names, the broker would read or fetch with its own rights: files and addresses are not for it to name. */
function refuseAddress(text: string): void {
  if (!/[@/\\]|^\s*[.-]|\.whl\b/i.test(text)) return;
  throw new WomaError(`'${text}' is no package's name: a program asks for packages by name and version only`, {
    hint: "a wheel at an address or on the disk is for the command line: woma --with 'NAME @ URL'",
  });
}
