import { SLEEP_DOOR } from "../../src/cell/kernel/sleep.ts";
import { concat, Reader, signed, unsigned } from "./binary.ts";
import { codeSection, exportedFunction, readModule, SECTION, section, writeModule } from "./module.ts";

/**
 * Emscripten sleeps by asking for the time over and over. This patch makes `clock_nanosleep`, which CPython's
 * time.sleep calls, a request to the host instead. A new import would renumber every function, so it goes
 * through the import of mknodat, which has the right type, with a directory descriptor that cannot occur.
 */
export function patchSleep(wasm: Uint8Array): Uint8Array {
  const module = readModule(wasm);
  const door = importedFunction(section(module, SECTION.import), "__syscall_mknodat");
  const index = exportedFunction(module, "clock_nanosleep") - module.imports.functions;
  if (module.bodies[index] === undefined) throw new Error("clock_nanosleep has no body");
  const body = concat([
    [NO_LOCALS, I32_CONST, ...signed(SLEEP_DOOR), LOCAL_GET, 0, LOCAL_GET, 1, LOCAL_GET, 2],
    [CALL, ...unsigned(door), END],
  ]);
  const bodies = module.bodies.map((old, at) => (at === index ? body : old));
  return writeModule(module, new Map([[SECTION.code, codeSection(bodies)]]));
}

const NO_LOCALS = 0;
const I32_CONST = 0x41;
const LOCAL_GET = 0x20;
const CALL = 0x10;
const END = 0x0b;

/** The index of an imported function; only functions may come before it, as Emscripten orders its imports. */
function importedFunction(imports: Uint8Array, wanted: string): number {
  const reader = new Reader(imports);
  const count = reader.unsigned();
  for (let index = 0; index < count; index++) {
    reader.name();
    const name = reader.name();
    if (reader.byte() !== 0) throw new Error(`${wanted} comes after imports that are no functions`);
    reader.unsigned();
    if (name === wanted) return index;
  }
  throw new Error(`the WebAssembly module does not import ${wanted}`);
}
