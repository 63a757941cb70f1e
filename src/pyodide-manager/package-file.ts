/** One file of a package, by its content: what a lock or an index says is to be had, and where. */
export interface PackageFile {
  /** Normalized as PEP 503 has it: `scikit-learn`. */
  readonly name: string;
  readonly version: string;
  /** The wheel's own name; of a shared library in the distribution, a zip archive's. */
  readonly fileName: string;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
  readonly origin: "lock" | "index";
  /** Where an index has it. A file of the lock lies under its name at the mirrors and the distribution's base URL. */
  readonly url: string | null;
  /** Its size where that is known before the download. */
  readonly bytes: number | null;
}
