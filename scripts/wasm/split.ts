import { appendToVector, type Bytes, concat, name, Reader, signed, unsigned, vector } from "./binary.ts";
import { type Global, readGlobals } from "./globals.ts";
import {
  codeSection,
  functionSection,
  readModule,
  readVector,
  SECTION,
  section,
  skipLimits,
  skipValueType,
  type WasmModule,
  writeModule,
} from "./module.ts";
import { fillTable, loadThenCall, range, runs, stub } from "./stubs.ts";

/**
 * Splits a module in two that behave as one. The primary has the bodies of the hot functions, the secondary all
 * others, and each has a stub for every function of the other, so both number functions alike and no
 * instruction needs parsing. A stub calls through a table: COLD from the primary, HOT from the secondary.
 * COLD first holds the helper's functions, which load the secondary and repeat the call;
 * `src/cell/split.ts` puts the three together.
 * @param hot positions in `WasmModule.bodies`
 */
export function split(wasm: Uint8Array, hot: readonly number[]): SplitModule {
  const module = readModule(wasm);
  const tables = readVector(section(module, SECTION.table), (reader) =>
    reader.span(() => {
      skipValueType(reader);
      skipLimits(reader);
    }),
  );
  const isHot = new Set(hot);
  const all = module.bodies.map((_, i) => i);
  const layout: Layout = {
    module,
    tables,
    hot: all.filter((i) => isHot.has(i)),
    cold: all.filter((i) => !isHot.has(i)),
    coldTable: module.imports.tables + tables.length,
    hotTable: module.imports.tables + tables.length + 1,
    stubTable: concat([[FUNCREF, 0], unsigned(module.bodies.length + 1)]),
    slotGlobal: module.imports.globals + readGlobals(module).length,
  };
  return { primary: primary(layout), secondary: secondary(layout), helper: helper(layout) };
}

export type SplitModule = { readonly primary: Uint8Array; readonly secondary: Uint8Array; readonly helper: Uint8Array };

type Layout = {
  readonly module: WasmModule;
  /** The types of the module's own tables. */
  readonly tables: readonly Uint8Array[];
  readonly hot: readonly number[];
  readonly cold: readonly number[];
  readonly coldTable: number;
  readonly hotTable: number;
  readonly stubTable: Uint8Array;
  /** A new global: which cold function was called last. */
  readonly slotGlobal: number;
};

function primary({ module, tables, hot, cold, ...layout }: Layout): Uint8Array {
  const isCold = new Set(cold);
  const bodies: Bytes[] = module.bodies.map((body, i) =>
    isCold.has(i) ? stub(module, i, layout.coldTable, layout.slotGlobal) : body,
  );
  const segment = new Reader(section(module, SECTION.element)).unsigned();
  const filler = bodies.push(fillTable(runs(hot), segment, layout.hotTable)) - 1;
  const elements = [
    // Passive: the secondary alone needs it, and filling a table with functions takes time.
    concat([[1, 0], functionIndices(module, hot)]),
    concat([intoTable(layout.hotTable, module.bodies.length), [0], functionIndices(module, [filler])]),
  ];
  const exports = [
    ...[...tables, layout.stubTable, layout.stubTable].map((_, i) => exported(`@table${i}`, 1, module.imports.tables + i)),
    exported("@memory", 2, 0),
    ...sharedGlobals(module).map((_, i) => exported(`@global${i}`, 3, module.imports.globals + i)),
    exported("@slot", 3, layout.slotGlobal),
    ...tagTypes(module).map((_, i) => exported(`@tag${i}`, 4, module.imports.tags + i)),
  ];
  return writeModule(
    module,
    new Map([
      [SECTION.function, functionSection([...module.functionTypes, voidType(module)])],
      [SECTION.table, appendToVector(section(module, SECTION.table), [layout.stubTable, layout.stubTable])],
      [SECTION.global, appendToVector(section(module, SECTION.global), [[I32, 1, I32_CONST, 0, END]])],
      [SECTION.export, appendToVector(section(module, SECTION.export), exports)],
      [SECTION.element, appendToVector(section(module, SECTION.element), elements)],
      [SECTION.code, codeSection(bodies)],
    ]),
  );
}

function secondary({ module, tables, cold, hot, ...layout }: Layout): Uint8Array {
  const globals = readGlobals(module);
  const shared = sharedGlobals(module);
  const imports = [
    imported("@memory", 2, section(module, SECTION.memory).subarray(1)),
    ...[...tables, layout.stubTable, layout.stubTable].map((type, i) => imported(`@table${i}`, 1, type)),
    ...shared.map((global, i) => imported(`@global${i}`, 3, global.type)),
    ...tagTypes(module).map((type, i) => imported(`@tag${i}`, 4, type)),
  ];
  const isHot = new Set(hot);
  const bodies = module.bodies.map((body, i) => (isHot.has(i) ? stub(module, i, layout.hotTable) : body));
  const segments = runs(cold).map(([from, count]) =>
    concat([intoTable(layout.coldTable, from), [0], functionIndices(module, range(from, count))]),
  );
  return assemble([
    [SECTION.type, section(module, SECTION.type)],
    [SECTION.import, appendToVector(section(module, SECTION.import), imports)],
    [SECTION.function, section(module, SECTION.function)],
    // The others never change, so they need no sharing.
    [SECTION.global, vector(globals.slice(shared.length).map((global) => global.bytes))],
    [SECTION.element, vector(segments)],
    [SECTION.code, codeSection(bodies)],
  ]);
}

/** One function for each type, in place of all cold functions of that type. */
function helper({ module, tables, cold, stubTable }: Layout): Uint8Array {
  const load = 0;
  const types = [...new Set(cold.map((i) => module.functionTypes[i] ?? -1))].sort((a, b) => a - b);
  const functionOfType = new Map(types.map((type, i) => [type, unsigned(load + 1 + i)]));
  const functionsAt = (from: number, count: number) =>
    vector(range(from, count).map((i) => functionOfType.get(module.functionTypes[i] ?? -1) ?? []));
  const imports = [
    concat([name("H"), name("load"), [0], unsigned(voidType(module))]),
    imported(`@table${tables.length}`, 1, stubTable),
    imported("@slot", 3, [I32, 1]),
  ];
  const segments = runs(cold).map(([from, count]) => concat([intoTable(0, from), [0], functionsAt(from, count)]));
  return assemble([
    [SECTION.type, section(module, SECTION.type)],
    [SECTION.import, vector(imports)],
    [SECTION.function, functionSection(types)],
    [SECTION.element, vector(segments)],
    [SECTION.code, codeSection(types.map((type) => loadThenCall(module, type, load)))],
  ]);
}

/** The first of the module's own globals, up to the last one that can change. */
function sharedGlobals(module: WasmModule): Global[] {
  const globals = readGlobals(module);
  return globals.slice(0, globals.findLastIndex((global) => global.mutable) + 1);
}

function tagTypes(module: WasmModule): Uint8Array[] {
  return readVector(section(module, SECTION.tag), (reader) =>
    reader.span(() => {
      reader.byte();
      reader.unsigned();
    }),
  );
}

function voidType(module: WasmModule): number {
  const index = module.types.findIndex((type) => type.parameters === 0 && type.results === 0);
  if (index < 0) throw new Error("the module has no function without parameters and results");
  return index;
}

/** The start of an element segment that fills `table` from `position` on. */
function intoTable(table: number, position: number): Bytes {
  return [2, ...unsigned(table), I32_CONST, ...signed(position), END];
}

function functionIndices(module: WasmModule, positions: readonly number[]): Uint8Array {
  return vector(positions.map((i) => unsigned(module.imports.functions + i)));
}

function exported(field: string, kind: number, index: number): Uint8Array {
  return concat([name(field), [kind], unsigned(index)]);
}

function imported(field: string, kind: number, type: Bytes): Uint8Array {
  return concat([name("P"), name(field), [kind], type]);
}

function assemble(sections: readonly (readonly [id: number, payload: Uint8Array])[]): Uint8Array {
  return writeModule({ sections: sections.map(([id, payload]) => ({ id, payload })) });
}

const FUNCREF = 0x70;
const I32 = 0x7f;
const I32_CONST = 0x41;
const END = 0x0b;
