import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { builtBinary } from "../../test/support/binary.ts";
import { scratchDirectory } from "../../test/support/woma.ts";

/** What is measured, and where: a directory of its own, which is home as well, and nothing else in the environment but PATH. */
export interface Programs extends AsyncDisposable {
  /** A copy: its pages are shared with no other woma on this machine, and a build meanwhile does not change it. */
  readonly woma: string;
  /** Runs its one argument, Python code, in stock Pyodide. */
  readonly stock: readonly [bun: string, script: string];
  readonly bun: string;
  readonly python: NativePython | "none";
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface NativePython {
  readonly path: string;
  readonly version: string;
}

export async function openPrograms(): Promise<Programs> {
  const scratch = await scratchDirectory();
  const woma = join(scratch.path, "woma");
  const directory = join(scratch.path, "empty");
  await Promise.all([copyFile(await builtBinary(), woma), mkdir(directory)]);
  return {
    woma,
    stock: [process.execPath, join(import.meta.dir, "stock-pyodide.ts")],
    bun: process.execPath,
    python: nativePython(),
    directory,
    environment: { PATH: process.env["PATH"] ?? "", HOME: directory },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
}

/** The interpreter itself: what PATH names may be a shim, which starts more slowly than Python. */
function nativePython(): NativePython | "none" {
  const onPath = Bun.which("python3.14") ?? Bun.which("python3");
  if (onPath === null) return "none";
  const asked = Bun.spawnSync([onPath, "-c", "import sys; print(sys.executable, sys.version.split()[0])"], {
    stderr: "ignore",
  });
  const [path, version] = asked.stdout.toString().trim().split(" ");
  return path === undefined || version === undefined ? "none" : { path, version };
}
