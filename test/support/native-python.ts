import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { buildDirectory, sha256 } from "../../scripts/build-cache.ts";
import type { Obstacle } from "./loud-skip.ts";

/** A native CPython with packages; nothing of the machine's own is among them. */
export interface NativePython {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The newest that is here: the closer to woma's, the less its errors' texts differ. */
export function nativePython(): Promise<string | undefined> {
  finding ??= findNewest();
  return finding;
}

export async function noNativePython(): Promise<Obstacle> {
  return (await nativePython()) === undefined ? "needs a python3 with pip and ssl" : undefined;
}

/** Installed once into .build, beside which pip's cache is not needed. */
export async function nativePythonWith(requirements: readonly string[]): Promise<NativePython> {
  const python = await nativePython();
  if (python === undefined) throw new Error("no python3");
  const name = sha256(Buffer.from(JSON.stringify([python, requirements]))).slice(0, 16);
  const directory = join(buildDirectory, "network-matrix", name);
  const whole = join(directory, "whole");
  if (requirements.length > 0 && !existsSync(whole)) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const words = ["-m", "pip", "install", "--quiet", "--no-input", "--target", directory, ...requirements];
    const child = Bun.spawn([python, ...words], { stdout: "ignore", stderr: "pipe" });
    const errors = await new Response(child.stderr).text();
    if ((await child.exited) !== 0) throw new Error(`pip install ${requirements.join(" ")}:\n${errors}`);
    await writeFile(whole, "");
  }
  return { command: [python, "-s", "-S", "-B"], environment: { PYTHONPATH: directory } };
}

let finding: Promise<string | undefined> | undefined;

async function findNewest(): Promise<string | undefined> {
  const pyenv = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  for (const minor of [14, 13, 12, 11]) {
    const managed = existsSync(pyenv) ? [...new Bun.Glob(`3.${minor}.*/bin/python3`).scanSync(pyenv)] : [];
    const paths = [Bun.which(`python3.${minor}`), Bun.which("python3"), ...managed.map((path) => join(pyenv, path))];
    for (const path of paths) if (path !== null && (await isFit(path, minor))) return path;
  }
  return undefined;
}

async function isFit(path: string, minor: number): Promise<boolean> {
  const code = `import pip, ssl, sys; sys.exit(sys.version_info[:2] != (3, ${minor}))`;
  return (await Bun.spawn([path, "-c", code], { stdout: "ignore", stderr: "ignore" }).exited) === 0;
}
