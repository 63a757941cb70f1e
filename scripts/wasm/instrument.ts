import { appendToVector, concat, name, unsigned } from "./binary.ts";
import { readGlobals } from "./globals.ts";
import { codeSection, readModule, SECTION, section, splitLocals, writeModule } from "./module.ts";

/**
 * The same module, in which every function leaves a mark when it runs: an exported global each, 0 until then.
 * `functionsThatRan` reads them.
 */
export function instrument(wasm: Uint8Array): Uint8Array {
  const module = readModule(wasm);
  const firstMark = module.imports.globals + readGlobals(module).length;
  const markExports = module.bodies.map((_, i) => concat([name(MARK + i), [EXPORTED_GLOBAL], unsigned(firstMark + i)]));
  const mutableZero = [I32, 1, I32_CONST, 0, END];
  return writeModule(
    module,
    new Map([
      [SECTION.global, appendToVector(section(module, SECTION.global), module.bodies.map(() => mutableZero))],
      [SECTION.export, appendToVector(section(module, SECTION.export), markExports)],
      [SECTION.code, codeSection(module.bodies.map((body, i) => markWhenRun(body, firstMark + i)))],
    ]),
  );
}

/** The functions of an instrumented module that have run, as positions in `WasmModule.bodies`. */
export function functionsThatRan(exports: Bun.WebAssembly.Exports): number[] {
  return Object.entries(exports)
    .filter(([key, value]) => key.startsWith(MARK) && value instanceof WebAssembly.Global && value.value === 1)
    .map(([key]) => Number(key.slice(MARK.length)));
}

function markWhenRun(body: Uint8Array, mark: number): Uint8Array {
  const { code } = splitLocals(body);
  const locals = body.subarray(0, body.length - code.length);
  return concat([locals, [I32_CONST, 1, GLOBAL_SET, ...unsigned(mark)], code]);
}

const MARK = "@ran";
const EXPORTED_GLOBAL = 3;
const I32 = 0x7f;
const I32_CONST = 0x41;
const GLOBAL_SET = 0x24;
const END = 0x0b;
