import type { Reader } from "./binary.ts";
import { readVector, SECTION, section, skipValueType, type WasmModule } from "./module.ts";

/** One of a module's own globals. `type` is its value type and mutability, `bytes` that and its initialiser. */
export type Global = { readonly bytes: Uint8Array; readonly type: Uint8Array; readonly mutable: boolean };

export function readGlobals(module: Pick<WasmModule, "sections">): Global[] {
  return readVector(section(module, SECTION.global), (reader) => {
    let type: Uint8Array = new Uint8Array();
    const bytes = reader.span(() => {
      type = reader.span(() => {
        skipValueType(reader);
        reader.byte();
      });
      skipConstantExpression(reader);
    });
    return { bytes, type, mutable: type.at(-1) === 1 };
  });
}

function skipConstantExpression(reader: Reader): void {
  const instruction = reader.byte();
  switch (instruction) {
    case 0x41: // i32.const
    case 0x42: // i64.const
      while (reader.byte() & 0x80);
      break;
    case 0x43: // f32.const
      reader.take(4);
      break;
    case 0x44: // f64.const
      reader.take(8);
      break;
    case 0x23: // global.get
    case 0xd0: // ref.null
      reader.unsigned();
      break;
    default:
      throw new Error(`a global starts with instruction 0x${instruction.toString(16)}`);
  }
  if (reader.byte() !== 0x0b) throw new Error("a global's initialiser has more than one instruction");
}
