import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CreatePyodideModule } from "./emscripten.ts";

/**
 * The distribution that a cell boots from. This file is what a checkout uses; `scripts/build.ts` puts one in
 * its place that has everything inside the executable.
 */
export interface Assets {
  readonly buildId: string;
  readonly createPyodideModule: CreatePyodideModule;
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly standardLibrary: Uint8Array;
  readonly corePackages: Uint8Array;
  /** pyodide-lock.json. */
  readonly lock: Uint8Array;
  /** Null when there is none to be had. */
  readonly snapshot: Uint8Array | null;
  /** It has lain in a cache, where anything may have happened to it. */
  readonly snapshotIsCached: boolean;
}

const CHECKOUT = join(import.meta.dir, "../..");

/**
 * Everything that the interpreter needs of the disk. `snapshotPath` is where a checkout keeps its snapshot; a compiled
 * woma has its own and ignores it.
 */
export async function loadAssets(snapshotPath: string | undefined): Promise<Assets> {
  const directory = join(CHECKOUT, ".build/distribution");
  const file = (name: string) => bytesOf(readFileSync(join(directory, name)));
  const { default: createPyodideModule } = await import(join(directory, "pyodide.asm.mjs"));
  return {
    buildId: readFileSync(join(directory, "build-id"), "latin1"),
    createPyodideModule,
    wasm: file("pyodide.asm.wasm"),
    standardLibrary: file("python314.zip"),
    corePackages: file("woma-core.zip"),
    lock: file("pyodide-lock.json"),
    snapshot: snapshotPath === undefined ? null : readIfThere(snapshotPath),
    snapshotIsCached: true,
  };
}

/** The same bytes, no copy: WebAssembly and Emscripten take no Buffer. */
function bytesOf(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
