import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MOST_FIGURES = 100;
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Keeps the pictures that a program shows as files in a directory of their own, for the user alone. A program chooses
 * neither names nor places, and there is an end to how many. Null for a picture that is not kept, which is told once.
 */
export function figureSaver(tell: (text: string) => void): (png: Uint8Array) => string | null {
  let directory: string | undefined;
  let number = 0;
  let bytes = 0;
  let told = false;
  const refuse = (reason: string) => {
    if (!told) tell(`no more figures are saved: ${reason}`);
    told = true;
    return null;
  };
  return (png) => {
    if (number >= MOST_FIGURES) return refuse(`a run has ${MOST_FIGURES}`);
    if (bytes + png.length > MOST_BYTES) return refuse(`a run has ${MOST_BYTES / 1024 ** 2} MB of them`);
    try {
      directory ??= mkdtempSync(join(tmpdir(), "woma-figures-"));
      number += 1;
      bytes += png.length;
      const path = join(directory, `figure-${number}.png`);
      writeFileSync(path, png, { mode: 0o600, flag: "wx" });
      return path;
    } catch (error) {
      return refuse((error as Error).message);
    }
  };
}
