import { afterAll } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory for one test file, gone at its end. */
export function scratchForFile(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "woma-escape-")));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
