import { concat, Reader, unsigned } from "./binary.ts";
import { readSections, SECTION, section, writeModule } from "./module.ts";

/**
 * The same WebAssembly module with another limit on how far its own memory may grow.
 * @param maxPages in WebAssembly pages of 64 KiB, at most 65536 (4 GiB)
 * @throws RangeError when the module starts with more memory than that
 */
export function capMemory(wasm: Uint8Array, maxPages: number): Uint8Array {
  const module = { sections: readSections(wasm) };
  const memory = new Reader(section(module, SECTION.memory));
  if (memory.unsigned() !== 1) throw new Error("expected exactly one memory");
  const flags = memory.byte();
  const minPages = memory.unsigned();
  if (maxPages < minPages || maxPages > 65536) throw new RangeError(`maxPages must lie in ${minPages}..65536`);
  const limits = concat([unsigned(1), [flags | HAS_MAXIMUM], unsigned(minPages), unsigned(maxPages)]);
  return writeModule(module, new Map([[SECTION.memory, limits]]));
}

const HAS_MAXIMUM = 1;
