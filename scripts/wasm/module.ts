import { type Bytes, concat, Reader, sized, unsigned, vector } from "./binary.ts";

/**
 * A WebAssembly module taken apart just far enough to add functions and to replace bodies.
 * Instructions are never parsed: bodies, initialisers and imports stay raw bytes. Function indices count
 * imported functions first, so `bodies[i]` is function `imports.functions + i`.
 */
export type WasmModule = {
  readonly sections: readonly Section[];
  readonly types: readonly FunctionType[];
  readonly imports: Imports;
  readonly functionTypes: readonly number[];
  readonly exports: ReadonlyMap<string, Export>;
  readonly bodies: readonly Uint8Array[];
};
type Section = { readonly id: number; readonly payload: Uint8Array };
type FunctionType = { readonly parameters: number; readonly results: number };
type Imports = { functions: number; tables: number; memories: number; globals: number; tags: number };
type Export = { readonly kind: number; readonly index: number };

export const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

export function readModule(wasm: Uint8Array): WasmModule {
  const sections = readSections(wasm);
  const module: Pick<WasmModule, "sections"> = { sections };
  return {
    sections,
    types: readVector(section(module, SECTION.type), readFunctionType),
    imports: countImports(section(module, SECTION.import)),
    functionTypes: readVector(section(module, SECTION.function), (reader) => reader.unsigned()),
    exports: new Map(readVector(section(module, SECTION.export), readExport)),
    bodies: readVector(section(module, SECTION.code), (reader) => reader.take(reader.unsigned())),
  };
}

/** The module as bytes again, with some sections' payloads replaced. */
export function writeModule(
  module: Pick<WasmModule, "sections">,
  replaced: ReadonlyMap<number, Bytes> = new Map(),
): Uint8Array {
  const parts: Bytes[] = [PREAMBLE];
  for (const { id, payload } of module.sections) parts.push([id], sized(replaced.get(id) ?? payload));
  return concat(parts);
}

export function codeSection(bodies: readonly Bytes[]): Uint8Array {
  return vector(bodies.map(sized));
}

export function functionSection(types: readonly number[]): Uint8Array {
  return vector(types.map(unsigned));
}

/** A section's payload; throws when the module has no such section. */
export function section(module: Pick<WasmModule, "sections">, id: number): Uint8Array {
  const found = module.sections.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`the WebAssembly module has no section ${id}`);
  return found.payload;
}

/** The index of an exported function; throws when there is none of that name. */
export function exportedFunction(module: WasmModule, name: string): number {
  const found = module.exports.get(name);
  if (found?.kind !== 0) throw new Error(`the WebAssembly module exports no function ${name}`);
  return found.index;
}

/** A function's body: its locals, then its instructions. */
export function bodyOf(module: WasmModule, index: number): Uint8Array {
  const body = module.bodies[index - module.imports.functions];
  if (!body) throw new Error(`function ${index} has no body in this WebAssembly module`);
  return body;
}

/** A body's declarations of locals, the number of locals they declare, and its instructions. */
export function splitLocals(body: Uint8Array): { declarations: Uint8Array[]; count: number; code: Uint8Array } {
  const reader = new Reader(body);
  let count = 0;
  const declarations = Array.from({ length: reader.unsigned() }, () =>
    reader.span(() => {
      count += reader.unsigned();
      skipValueType(reader);
    }),
  );
  return { declarations, count, code: body.subarray(reader.at) };
}

function readVector<T>(payload: Uint8Array, item: (reader: Reader) => T): T[] {
  const reader = new Reader(payload);
  return Array.from({ length: reader.unsigned() }, () => item(reader));
}

/** Walks over a value type; reference types with an explicit heap type take more than one byte. */
function skipValueType(reader: Reader): void {
  const byte = reader.byte();
  if (byte === 0x63 || byte === 0x64) reader.unsigned();
}

function skipLimits(reader: Reader): void {
  const flags = reader.byte();
  reader.unsigned();
  if (flags & 1) reader.unsigned();
}

const PREAMBLE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0] as const;

function readSections(wasm: Uint8Array): Section[] {
  const reader = new Reader(wasm);
  if (PREAMBLE.some((byte) => reader.byte() !== byte)) throw new Error("not a WebAssembly binary of version 1");
  const sections: Section[] = [];
  while (reader.at < wasm.length) sections.push({ id: reader.byte(), payload: reader.take(reader.unsigned()) });
  return sections;
}

function readFunctionType(reader: Reader): FunctionType {
  if (reader.byte() !== 0x60) throw new Error("only function types are understood");
  const parameters = reader.unsigned();
  for (let i = 0; i < parameters; i++) skipValueType(reader);
  const results = reader.unsigned();
  for (let i = 0; i < results; i++) skipValueType(reader);
  return { parameters, results };
}

function countImports(payload: Uint8Array): Imports {
  const counts: Imports = { functions: 0, tables: 0, memories: 0, globals: 0, tags: 0 };
  const kinds = ["functions", "tables", "memories", "globals", "tags"] as const;
  readVector(payload, (reader) => {
    reader.take(reader.unsigned());
    reader.take(reader.unsigned());
    const kind = kinds[reader.byte()];
    if (!kind) throw new Error("an import of an unknown kind");
    counts[kind]++;
    if (kind === "functions") reader.unsigned();
    if (kind === "tables") skipValueType(reader);
    if (kind === "tables" || kind === "memories") skipLimits(reader);
    if (kind === "globals") {
      skipValueType(reader);
      reader.byte();
    }
    if (kind === "tags") {
      reader.byte();
      reader.unsigned();
    }
  });
  return counts;
}

function readExport(reader: Reader): [string, Export] {
  return [reader.name(), { kind: reader.byte(), index: reader.unsigned() }];
}
