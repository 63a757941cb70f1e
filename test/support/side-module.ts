import { type Bytes, concat, signed, sized, unsigned, vector } from "../../scripts/wasm/binary.ts";

/** A C library in WebAssembly, as Emscripten's dlopen takes it; its parts are numbered from 0 in their order. */
export interface SideModule {
  /** Functions' types. */
  readonly types: readonly { readonly parameters: readonly number[]; readonly results: readonly number[] }[];
  /** Functions that it imports, by name, and their types. */
  readonly imports: Readonly<Record<string, number>>;
  /** Its own functions, numbered after the imports, by the names that it exports them under. */
  readonly functions: Readonly<Record<string, { readonly type: number; readonly code: readonly Bytes[] }>>;
  /** What its memory holds: strings, each with a zero at its end. */
  readonly strings: readonly string[];
  /** Addresses in its memory that it exports. */
  readonly addresses?: Readonly<Record<string, number>>;
}

export const I32 = 0x7f;
export const EXTERNREF = 0x6f;

export function call(index: number): Bytes {
  return [0x10, ...unsigned(index)];
}

export function parameter(index: number): Bytes {
  return [0x20, ...unsigned(index)];
}

export function constant(value: number): Bytes {
  return [I32_CONST, ...signed(value)];
}

/** A place in the library's memory, wherever that comes to lie. */
export function address(offset: number): Bytes {
  return [...MEMORY_BASE, I32_CONST, ...signed(offset), I32_ADD];
}

/** Where each string begins in the library's memory, and where the last one ends. */
export function offsetsOf(strings: readonly string[]): number[] {
  return [0, ...strings.map((_, index) => bytesOf(strings.slice(0, index + 1)).length)];
}

export function assembleSideModule(library: SideModule): Uint8Array {
  const { types, imports, functions, strings, addresses = {} } = library;
  const memory = bytesOf(strings);
  const importCount = Object.keys(imports).length;
  const functionType = ({ parameters, results }: SideModule["types"][number]) =>
    concat([[0x60], vector(parameters.map((type) => [type])), vector(results.map((type) => [type]))]);
  return concat([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(0, concat([name("dylink.0"), [MEMORY_INFO], sized([...unsigned(memory.length), 0, 0, 0])])),
    section(1, vector(types.map(functionType))),
    section(
      2,
      vector([
        imported("memory", [MEMORY, 0, 0]),
        imported("__memory_base", [GLOBAL, I32, 0]),
        ...Object.entries(imports).map(([field, type]) => imported(field, [FUNCTION, ...unsigned(type)])),
      ]),
    ),
    section(3, vector(Object.values(functions).map(({ type }) => unsigned(type)))),
    section(6, vector(Object.values(addresses).map((offset) => [I32, 0, I32_CONST, ...signed(offset), END]))),
    section(
      7,
      vector([
        ...Object.keys(functions).map((field, index) =>
          concat([name(field), [FUNCTION], unsigned(importCount + index)]),
        ),
        ...Object.keys(addresses).map((field, index) => concat([name(field), [GLOBAL], unsigned(1 + index)])),
      ]),
    ),
    section(10, vector(Object.values(functions).map(({ code }) => sized(concat([[0], ...code, [END]]))))),
    section(11, vector([concat([[0], MEMORY_BASE, [END], sized(memory)])])),
  ]);
}

const MEMORY_INFO = 1;
const FUNCTION = 0;
const MEMORY = 2;
const GLOBAL = 3;
const I32_CONST = 0x41;
const I32_ADD = 0x6a;
const END = 0x0b;
/** The one global that is imported: global.get 0. */
const MEMORY_BASE = [0x23, 0];

function bytesOf(strings: readonly string[]): Uint8Array {
  return new TextEncoder().encode(strings.map((string) => `${string}\0`).join(""));
}

function section(id: number, payload: Bytes): Uint8Array {
  return concat([[id], sized(payload)]);
}

function name(text: string): Uint8Array {
  return sized(new TextEncoder().encode(text));
}

function imported(field: string, description: Bytes): Uint8Array {
  return concat([name("env"), name(field), description]);
}
