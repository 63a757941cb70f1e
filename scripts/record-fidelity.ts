/**
 * Records what native CPython does with every case of the fidelity suite: `bun scripts/record-fidelity.ts [SUBJECT/NAME…]`.
 * The newest python3 on PATH is used; recording twice with the same one changes nothing.
 */
import { readdir, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type FidelityCase, loadCases } from "../test/fidelity/case.ts";
import { play, writeRecording } from "../test/fidelity/outcome.ts";
import { scratchDirectory } from "../test/support/woma.ts";

const OLDEST_MINOR = 14;

interface Python {
  readonly path: string;
  readonly version: readonly [major: number, minor: number, patch: number];
}

const python = await newestPython();
if (python === undefined || python.version[1] < OLDEST_MINOR) {
  const found =
    python === undefined
      ? "no python3 on PATH"
      : `the newest python3 on PATH is ${python.version.join(".")} (${python.path})`;
  console.error(
    `error: ${found}\n\nhint: put a CPython 3.${OLDEST_MINOR} or newer on PATH, as python3 or python3.${OLDEST_MINOR}`,
  );
  process.exit(1);
}

// Named woma, so that python3 writes "woma" wherever it writes its own name, and wraps usage lines for that width.
await using program = await scratchDirectory();
process.env["WOMA_BINARY"] = join(program.path, "woma");
await symlink(python.path, process.env["WOMA_BINARY"]);

const cases = await chosenCases();
for (const given of cases) await writeRecording(given.name, await play(given));
if (process.argv.length === 2) await writeVersion(python);
console.error(`recorded ${cases.length} cases with CPython ${python.version.join(".")}`);

/** Only after a whole recording: a single case says nothing about the others. */
async function writeVersion({ version }: Python): Promise<void> {
  const path = join(import.meta.dir, "../test/fidelity/recorded-with.json");
  await Bun.write(path, `${JSON.stringify({ python: version.join(".") }, null, 2)}\n`);
}

async function chosenCases(): Promise<readonly FidelityCase[]> {
  const all = await loadCases();
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !all.some((given) => given.name === name));
  if (unknown.length > 0) {
    console.error(`error: no such case: ${unknown.join(", ")}`);
    process.exit(2);
  }
  return names.length === 0 ? all : all.filter((given) => names.includes(given.name));
}

async function newestPython(): Promise<Python | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = (await Promise.all(folders.map(pythonsIn))).flat();
  const pythons = (await Promise.all(candidates.map(askVersion))).filter((found) => found !== undefined);
  return pythons.sort((a, b) => b.version[1] - a.version[1] || b.version[2] - a.version[2])[0];
}

async function pythonsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /^python3(\.\d+)?$/.test(name)).map((name) => join(folder, name));
}

/** Nothing when the program does not run: a shim, say, of a version that is not installed. */
async function askVersion(path: string): Promise<Python | undefined> {
  const code = "import sys; print(*sys.version_info[:3], sys.implementation.name)";
  const child = Bun.spawn([path, "-I", "-c", code], { stdin: null, stdout: "pipe", stderr: "ignore" });
  const text = await new Response(child.stdout).text();
  const [, major, minor, patch] = /^(3) (\d+) (\d+) cpython$/.exec(text.trim()) ?? [];
  if ((await child.exited) !== 0 || patch === undefined) return undefined;
  return { path, version: [Number(major), Number(minor), Number(patch)] };
}
