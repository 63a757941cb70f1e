import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildDirectory } from "../build-cache.ts";
import type { Programs } from "./programs.ts";

/** A native Python with these packages, in an environment of its own that is made once; throws when that cannot be. */
export function nativePython(programs: Programs, requirements: readonly string[]): string {
  if (programs.python === "none") throw new Error("needs a native Python");
  const { path, version } = programs.python;
  const environment = join(buildDirectory, `bench-python-${version}-${Bun.hash(requirements.join(" ")).toString(36)}`);
  const python = join(environment, "bin", "python");
  const marker = join(environment, "complete");
  if (existsSync(marker)) return python;
  run([path, "-m", "venv", "--clear", environment]);
  run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", ...requirements]);
  Bun.write(marker, "");
  return python;
}

function run(command: readonly string[]): void {
  const child = Bun.spawnSync([...command], { stdin: null, stdout: "pipe", stderr: "pipe" });
  if (child.exitCode !== 0) throw new Error(`${command.join(" ")} failed:\n${child.stderr.toString()}`);
}
