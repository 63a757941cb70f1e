import { type Bytes, concat, type Reader, signed, sized, unsigned, vector } from "./binary.ts";
import { readSections, readVector, SECTION, section, writeModule } from "./module.ts";

/**
 * The same module with its thousands of data segments joined into few. Memory starts as zeros, so filling the
 * gaps between segments with zeros changes nothing, and both compiling and instantiating take less time.
 */
export function mergeData(wasm: Uint8Array): Uint8Array {
  const module = { sections: readSections(wasm) };
  const segments = readVector(section(module, SECTION.data), readSegment).sort((a, b) => a.address - b.address);
  const merged = groups(segments).map((group) => {
    const start = group[0]?.address ?? 0;
    const bytes = new Uint8Array(Math.max(...group.map((segment) => segment.address + segment.bytes.length)) - start);
    for (const segment of group) bytes.set(segment.bytes, segment.address - start);
    return concat([[0, I32_CONST, ...signed(start), END], sized(bytes)]);
  });
  return writeModule(
    module,
    new Map<number, Bytes>([
      [SECTION.dataCount, unsigned(merged.length)],
      [SECTION.data, vector(merged)],
    ]),
  );
}

type Segment = { readonly address: number; readonly bytes: Uint8Array };

function readSegment(reader: Reader): Segment {
  // Any other kind may be named by instructions, which would then name another one.
  if (reader.byte() !== 0 || reader.byte() !== I32_CONST) throw new Error("expected data segments at constant addresses");
  const address = reader.signed();
  if (reader.byte() !== END) throw new Error("expected data segments at constant addresses");
  return { address, bytes: reader.take(reader.unsigned()) };
}

/** Segments, by address, with no gap in between that is worth leaving out. */
function groups(segments: readonly Segment[]): Segment[][] {
  const found: Segment[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const segment of segments) {
    if (segment.address < end) throw new Error("data segments overlap");
    if (segment.address - end > LARGEST_GAP_BYTES) found.push([]);
    found.at(-1)?.push(segment);
    end = segment.address + segment.bytes.length;
  }
  return found;
}

const LARGEST_GAP_BYTES = 64 * 1024;
const I32_CONST = 0x41;
const END = 0x0b;
