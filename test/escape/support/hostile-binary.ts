import { rmSync } from "node:fs";
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

async function build(): Promise<string> {
  const outfile = join(tmpdir(), `woma-hostile-${process.pid}`);
  process.on("exit", () => rmSync(outfile, { force: true }));
  const result = await Bun.build({
    entrypoints: [join(import.meta.dir, "hostile-woma.ts")],
    define: { WOMA_COMPILED: "true" },
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
  });
  if (!result.success) throw new Error(`the build failed:\n${result.logs.join("\n")}`);
  return outfile;
}
