/** A column of the matrix: a library, and the program that has its behaviours. */
export interface Library {
  readonly name: string;
  /** A file of programs/, without .py. */
  readonly program: string;
  /** Other files of programs/ whose behaviours it has too. */
  readonly shares?: readonly string[];
  /** What --with names; pinned, so that both sides have the same. */
  readonly packages: readonly string[];
  /** Of the native side, where it is more than the packages. */
  readonly nativePackages?: readonly string[];
  /** Of the native side. */
  readonly nativeEnvironment?: Readonly<Record<string, string>>;
  /** Behaviours that make no sense for the library, and why. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** One that no native Python has: what comes of its behaviours is written down. */
export interface WrittenLibrary extends Library {
  readonly expected: Readonly<Record<string, unknown>>;
}
