import { Reader } from "./binary.ts";
import { readModule, SECTION, section } from "./module.ts";

/**
 * Where the module's exported functions are in its table, which is what a pointer to each is: in the order of its
 * exports, 0 for what is in no table or no function.
 */
export function exportedAddresses(wasm: Uint8Array): Uint16Array {
  const module = readModule(wasm);
  const addresses = addressesByFunction(section(module, SECTION.element));
  return Uint16Array.from(module.exports.values(), ({ kind, index }) => (kind === 0 ? (addresses.get(index) ?? 0) : 0));
}

const I32_CONST = 0x41;
const END = 0x0b;

function addressesByFunction(payload: Uint8Array): ReadonlyMap<number, number> {
  const reader = new Reader(payload);
  const addresses = new Map<number, number>();
  for (let segments = reader.unsigned(); segments > 0; segments--) {
    // The linker makes no others: an active one, of the first table, at a fixed place.
    const isActive = reader.unsigned() === 0 && reader.byte() === I32_CONST;
    let address = isActive ? reader.signed() : 0;
    if (!isActive || reader.byte() !== END) throw new Error("an element segment of another kind than is understood");
    for (let count = reader.unsigned(); count > 0; count--) addresses.set(reader.unsigned(), address++);
  }
  return addresses;
}
