import { renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// Only for its path's sake, which is given to the bundler.
import type {} from "./hostile-woma.ts";

/** One for all test files of a run, which share their process. */
const shared = globalThis as { hostileBinary?: Promise<string> };

/** The executable of hostile-woma.ts. */
export function hostileBinary(): Promise<string> {
  shared.hostileBinary ??= build();
  return shared.hostileBinary;
}

/** A run's end cannot be waited for, so the next run of this checkout writes over what this one has left. */
async function build(): Promise<string> {
  const path = join(tmpdir(), `woma-hostile-${process.getuid?.()}-${Bun.hash(import.meta.dir).toString(36)}`);
  const outfile = `${path}-${process.pid}`;
  const result = await Bun.build({
    entrypoints: [join(import.meta.dir, "hostile-woma.ts")],
    define: { WOMA_COMPILED: "true" },
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
  });
  if (!result.success) throw new Error(`the build failed:\n${result.logs.join("\n")}`);
  renameSync(outfile, path);
  return path;
}
