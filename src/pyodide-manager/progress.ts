import type { PackageFile } from "./package-file.ts";

/** What a front end shows of an installation while it goes on. */
export interface ProgressListener {
  /** Something worth telling that is no error: a source that was skipped, a wheel taken from the index. */
  note(text: string): void;
  /** Bytes of one download so far, those of an earlier attempt included; `total` is null where nobody says. */
  received(file: PackageFile, bytes: number, total: number | null): void;
  /** A download has come to its end and was verified. */
  fetched(file: PackageFile, bytes: number): void;
  /** Whatever was on its way has come, or will not. */
  ended?(): void;
}
