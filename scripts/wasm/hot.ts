import { functionsThatRan, instrument } from "./instrument.ts";
import { readModule, type WasmModule } from "./module.ts";

/**
 * The functions that belong in the primary half of a split (`split`): those that ran while the interpreter was
 * restored and `workload.py` run, all of Python's C interface, and what is hardly larger than a stub. The workload has to be broad: a
 * function that is called often but left out of the primary makes programs slower, not only their start.
 * @param run restores the interpreter with the given wasm, runs the workload, and returns the exports of the
 *   instance; what it does must depend on nothing but its inputs, as the build does
 */
export async function hotFunctions(
  wasm: Uint8Array,
  run: (instrumented: Uint8Array) => Promise<Bun.WebAssembly.Exports>,
): Promise<number[]> {
  const module = readModule(wasm);
  const ran = functionsThatRan(await run(instrument(wasm)));
  const hot = new Set([...ran, ...pythonInterface(module), ...smallFunctions(module)]);
  return [...hot].sort((a, b) => a - b);
}

/** What extension modules call. */
function pythonInterface(module: WasmModule): number[] {
  return [...module.exports]
    .filter(([name, { kind }]) => kind === EXPORTED_FUNCTION && /^_?Py[A-Z_]/.test(name))
    .map(([, { index }]) => index - module.imports.functions)
    .filter((position) => position >= 0);
}

function smallFunctions(module: WasmModule): number[] {
  return module.bodies.flatMap((body, i) => (body.length <= SMALL_BYTES ? [i] : []));
}

const EXPORTED_FUNCTION = 0;
const SMALL_BYTES = 48;
