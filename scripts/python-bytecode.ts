import { join } from "node:path";
import fflate from "fflate/package.json" with { type: "json" };
import { loadPyodide } from "pyodide";
import type { PyProxy } from "pyodide/ffi";
import pyodide from "pyodide/package.json" with { type: "json" };

/** The files, and beside each `.py` its `.pyc`, as zipimport wants them. `archivePath` is where tracebacks say they are. */
export async function withBytecode(
  files: ReadonlyMap<string, Uint8Array>,
  archivePath: string,
): Promise<Map<string, Uint8Array>> {
  const compile = await compiler();
  const compiled = [...files]
    .filter(([name]) => name.endsWith(".py"))
    .flatMap(([name, source]) => {
      const bytecode = compile(source, `${archivePath}/${name}`);
      return bytecode ? [[`${name}c`, bytecode] as const] : [];
    });
  return new Map([...files, ...compiled]);
}

/** What a compiled archive depends on apart from its sources. */
export async function bytecodeInputs(): Promise<string[]> {
  const scripts = ["python-bytecode.ts", "archive.ts", "compile_modules.py"].map(besideThis);
  return [pyodide.version, fflate.version, ...(await Promise.all(scripts))];
}

type Compile = (source: Uint8Array, path: string) => Uint8Array | undefined;

// Pyodide itself compiles: a .pyc belongs to one version of Python, and the host may have none.
async function compiler(): Promise<Compile> {
  // A fixed hash seed: the order of sets must not reach the bytes.
  const python = await loadPyodide({ env: { PYTHONHASHSEED: "0", HOME: "/home/pyodide" } });
  python.runPython(await besideThis("compile_modules.py"));
  const compileModule = python.globals["get"]("compile_module") as (
    source: PyProxy,
    path: string,
  ) => PyProxy | undefined;
  return (source, path) => {
    const text = python.toPy(source) as PyProxy;
    const bytecode = compileModule(text, path);
    const bytes = bytecode?.toJs() as Uint8Array | undefined;
    text.destroy();
    bytecode?.destroy();
    return bytes;
  };
}

function besideThis(name: string): Promise<string> {
  return Bun.file(join(import.meta.dir, name)).text();
}
