/** What flags and environment say about packages. */
export interface PackageSettings {
  readonly cacheDirectory: string;
  /** By flag or environment, not by default: then a cache that cannot be used is worth telling. */
  readonly cacheRequested: boolean;
  /** Asked before the distribution's own base URL, in this order: http, https or file URLs. */
  readonly mirrors: readonly string[];
  /** No request leaves this machine; what the cache and mirrors on its disks have is used. */
  readonly offline: boolean;
  /** What a bare import may install: packages of the distribution's lock, any of the index too, or none. */
  readonly autoInstall: "lock" | "index" | "off";
  /** Time for resolving and downloading what one import, or one command line, needs. */
  readonly installTimeoutMs: number;
  /** Most that one run may download, in bytes, and the most packages it may be given. */
  readonly maximumDownloadBytes: number;
  readonly maximumPackages: number;
  /** The size above which the cache lets go of what was used least recently; null for none. */
  readonly cacheLimitBytes: number | null;
  /** pip's and uv's variables, and those that say where their configuration files are. */
  readonly indexEnvironment: Readonly<Record<string, string>>;
}
