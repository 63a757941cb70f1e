import { type Bytes, concat, signed, unsigned } from "./binary.ts";
import type { WasmModule } from "./module.ts";

/** Passes a call on to `table[i]`; notes `i` first when a global for that is given. */
export function stub(module: WasmModule, i: number, table: number, slotGlobal?: number): Uint8Array {
  const type = module.functionTypes[i] ?? -1;
  const note = slotGlobal === undefined ? [] : [I32_CONST, ...signed(i), GLOBAL_SET, ...unsigned(slotGlobal)];
  return concat([
    NO_LOCALS,
    note,
    pushParameters(module.types[type]?.parameters ?? 0),
    [I32_CONST, ...signed(i), CALL_INDIRECT, ...unsigned(type), ...unsigned(table), END],
  ]);
}

/** `table[i] = segment[…]` for each position of each run. */
export function fillTable(positions: readonly Run[], segment: number, table: number): Uint8Array {
  let source = 0;
  const steps = positions.map(([from, count]) => {
    const step = [
      ...[I32_CONST, ...signed(from), I32_CONST, ...signed(source), I32_CONST, ...signed(count)],
      ...[...TABLE_INIT, ...unsigned(segment), ...unsigned(table)],
    ];
    source += count;
    return step;
  });
  return concat([NO_LOCALS, ...steps, [END]]);
}

/** A call of `type` in the helper: `load()`, then again the call that could not be made. */
export function loadThenCall(module: WasmModule, type: number, load: number): Uint8Array {
  const [table, slotGlobal] = [0, 0];
  const parameters = module.types[type]?.parameters ?? 0;
  const slot = unsigned(parameters);
  return concat([
    // A local of its own: what `load` runs may call cold functions too.
    [1, 1, I32, GLOBAL_GET, slotGlobal, LOCAL_SET, ...slot],
    [CALL, ...unsigned(load)],
    pushParameters(parameters),
    [LOCAL_GET, ...slot, CALL_INDIRECT, ...unsigned(type), table, END],
  ]);
}

/** Neighbouring numbers, as where each run of them starts and how many there are. */
export function runs(sorted: readonly number[]): Run[] {
  const found: Run[] = [];
  for (const value of sorted) {
    const last = found.at(-1);
    if (last && value === last[0] + last[1]) last[1]++;
    else found.push([value, 1]);
  }
  return found;
}

export type Run = [from: number, count: number];

export function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

function pushParameters(count: number): Bytes {
  return range(0, count).flatMap((i) => [LOCAL_GET, ...unsigned(i)]);
}

const NO_LOCALS = [0];
const I32 = 0x7f;
const I32_CONST = 0x41;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const GLOBAL_GET = 0x23;
const GLOBAL_SET = 0x24;
const CALL = 0x10;
const CALL_INDIRECT = 0x11;
const TABLE_INIT = [0xfc, 0x0c];
const END = 0x0b;
