import { PYODIDE_VERSION } from "../pin.ts";

/**
 * Where Pyodide's distribution has its files. Pyodide's loader falls back to this address, which nothing exports: it is
 * read from the loader's text, loaded only when it is needed.
 */
export async function distributionUrl(): Promise<URL> {
  const { default: loader } = await import("pyodide/pyodide.mjs", { with: { type: "text" } });
  const template = /packageBaseUrl\s*\?\?\s*`([^`]+)`/.exec(loader)?.[1];
  if (template === undefined) throw new Error("pyodide.mjs no longer names the distribution's base URL");
  return new URL(template.replace(/\$\{\w+\}/, PYODIDE_VERSION));
}
