import type { PackageFile } from "../pyodide-manager/package-file.ts";
import type { ProgressListener } from "../pyodide-manager/progress.ts";
import { harmless } from "./harmless.ts";

/** An installation as it is shown on standard error. */
export interface ProgressDisplay extends ProgressListener {
  /** Removes what is there for a while only: an installation has ended, in one way or another. */
  clear(): void;
}

/** What the display needs of the place where it is shown. */
export interface DisplayPlace {
  write(text: string): void;
  size(): { readonly columns: number; readonly rows: number };
  /** The cursor stands behind a program's words, which are not to be written over. */
  lineIsOpen(): boolean;
}

export function noteLine(text: string): string {
  return `woma: ${harmless(text)}\n`;
}

/** An index chooses these words. */
export function packageTitle({ name, version }: PackageFile): string {
  return harmless(`${name} ${version}`).replaceAll("\n", "\ufffd");
}
