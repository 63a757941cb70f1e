import { strFromU8, unzipSync } from "fflate";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { distributionUrl } from "../src/pyodide-manager/download/distribution-url.ts";
import { sha256 } from "./build-cache.ts";
import { get } from "./package-index.ts";

/**
 * The index micropip asks when nothing is configured, read from the micropip wheel of Pyodide's
 * distribution: woma names no index, and this is the one Pyodide's users already get.
 */
export async function defaultIndex(): Promise<string> {
  const { file_name, sha256: expected } = lock.packages.micropip;
  const bytes = await (await get(new URL(file_name, await distributionUrl()))).bytes();
  if (sha256(bytes) !== expected) throw new Error(`the distribution's ${file_name} is not the lock's`);
  return defaultIndexIn(strFromU8(unzipSync(bytes)["micropip/package_index.py"] ?? new Uint8Array()));
}

/** `NAME = "https://…"` and `DEFAULT_INDEX_URLS = [NAME, …]` in micropip's source. */
export function defaultIndexIn(source: string): string {
  const first = /^DEFAULT_INDEX_URLS\s*=\s*\[\s*([^\],\s]+)/m.exec(source)?.[1] ?? "";
  const literal = /^["']/.test(first) ? first : new RegExp(`^${first}\\s*=\\s*(.+)$`, "m").exec(source)?.[1];
  const url = /^["']([^"']+)["']/.exec(literal ?? "")?.[1];
  if (!url) throw new Error("micropip's source no longer shows its default index");
  return url;
}
