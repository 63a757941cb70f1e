import { WomaError } from "../../errors.ts";
import type { PackageFile } from "../package-file.ts";

/** What became of one source. */
export interface SourceReport {
  readonly label: string;
  readonly reason: string;
}

/** A file that no source has, or whose sources cannot be reached, or all served other bytes. */
export interface FailedDownload {
  readonly file: PackageFile;
  readonly reports: readonly SourceReport[];
}

/** Nothing that one could mount has come. */
export class DownloadError extends WomaError {
  constructor(
    readonly failures: readonly FailedDownload[],
    hint = "look at the network, or name another place that has it with --mirror; what has come so far is kept",
  ) {
    super(describe(failures), { hint });
  }

  get files(): readonly PackageFile[] {
    return this.failures.map(({ file }) => file);
  }
}

/** A source served other bytes than the lock or the index says. */
export class HashMismatchError extends DownloadError {
  constructor({ file, reports }: FailedDownload) {
    super(
      [{ file, reports: [...reports, { label: "expected", reason: `sha256 ${file.sha256}` }] }],
      "what came was not kept; a mirror that is out of date or changes files must be put right, or left out",
    );
  }
}

/** The disk cannot keep it. */
export class DownloadDiskError extends WomaError {
  constructor(
    file: PackageFile,
    directory: string,
    readonly reason: string,
    cause: unknown,
  ) {
    super(`cannot keep ${titleOf(file)} in ${directory}: ${reason}`, {
      hint: "make room there (`woma cache clean` removes what woma keeps), or name another directory with --pyodide-cache",
      cause,
    });
  }
}

/** `numpy 2.4.3 (numpy-2.4.3-….whl)`. */
function titleOf({ name, version, fileName }: PackageFile): string {
  return `${name} ${version} (${fileName})`;
}

const MOST_TOLD = 5;

function describe(failures: readonly FailedDownload[]): string {
  const told = failures.slice(0, MOST_TOLD).map(({ file, reports }) => {
    return [`cannot fetch ${titleOf(file)}`, ...reports.map(({ label, reason }) => `  ${label}: ${reason}`)].join("\n");
  });
  const more = failures.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}
