import { WomaError } from "../../errors.ts";
import type { PackageFile } from "../package-file.ts";
import type { PackageSettings } from "../package-settings.ts";
import type { ProgressListener } from "../progress.ts";
import { type Outlet, readOutlet } from "./outlet.ts";

type RunSettings = Pick<PackageSettings, "maximumDownloadBytes" | "maximumPackages" | "indexEnvironment">;

/** What one run of woma has downloaded so far, and its limits. */
export class DownloadRun {
  #packages: ReadonlySet<string> = new Set();
  readonly #told = new Set<string>();
  #bytes = 0;
  #outlet: Promise<Outlet> | undefined;

  constructor(private readonly settings: RunSettings) {}

  /** Downloaded so far. */
  get bytes(): number {
    return this.#bytes;
  }

  get outlet(): Promise<Outlet> {
    this.#outlet ??= readOutlet(this.settings.indexEnvironment);
    return this.#outlet;
  }

  /** Counts packages that the run is given, each once. Throws WomaError when they are too many. */
  admit(files: readonly PackageFile[]): void {
    const all = this.#packages.union(new Set(files.map(({ sha256 }) => sha256)));
    const { maximumPackages } = this.settings;
    if (all.size <= maximumPackages) this.#packages = all;
    else {
      throw new WomaError(`this run asks for ${all.size} packages, over its --max-packages of ${maximumPackages}`, {
        hint: "allow more with --max-packages",
      });
    }
  }

  /** Throws WomaError when so many bytes more would be too many. */
  expect(bytes: number): void {
    const { maximumDownloadBytes } = this.settings;
    if (this.#bytes + bytes <= maximumDownloadBytes) return;
    // The flag's MB.
    const megabytes = maximumDownloadBytes / 1024 ** 2;
    throw new WomaError(`this run would download more than ${megabytes} MB, its --max-download`, {
      hint: "allow more with --max-download",
    });
  }

  spend(bytes: number): void {
    this.expect(bytes);
    this.#bytes += bytes;
  }

  tellOnce(progress: ProgressListener, text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    progress.note(text);
  }
}
