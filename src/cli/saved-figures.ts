import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MOST_FIGURES = 100;
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Keeps the pictures that a program shows as files in a directory of their own, for the user alone. A program chooses
 * neither names nor places, and there is an end to how many. Null for a picture that is not kept.
 */
export function figureSaver(): (png: Uint8Array) => string | null {
  let directory: string | undefined;
  let number = 0;
  let bytes = 0;
  return (png) => {
    if (number >= MOST_FIGURES || bytes + png.length > MOST_BYTES) return null;
    try {
      directory ??= mkdtempSync(join(tmpdir(), "woma-figures-"));
      number += 1;
      bytes += png.length;
      const path = join(directory, `figure-${number}.png`);
      writeFileSync(path, png, { mode: 0o600, flag: "wx" });
      return path;
    } catch {
      return null;
    }
  };
}
