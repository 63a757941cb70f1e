/** One instruction of classic BPF (struct sock_filter). It works on one register of 32 bits. */
export interface Instruction {
  readonly code: number;
  /** How many instructions to skip after a comparison that holds. */
  readonly whenTrue: number;
  /** How many to skip after one that does not. */
  readonly whenFalse: number;
  readonly operand: number;
}

/** Loads the word at a byte offset of the data. */
export function loadWord(offsetBytes: number): Instruction {
  return { code: LD_W_ABS, whenTrue: 0, whenFalse: 0, operand: offsetBytes };
}

/** Keeps of the register the bits that the mask has. */
export function and(mask: number): Instruction {
  return { code: ALU_AND_K, whenTrue: 0, whenFalse: 0, operand: mask };
}

export function jumpEqual(value: number, whenTrue: number, whenFalse: number): Instruction {
  return { code: JMP_JEQ_K, whenTrue, whenFalse, operand: value };
}

/** Compares without sign. */
export function jumpAtLeast(value: number, whenTrue: number, whenFalse: number): Instruction {
  return { code: JMP_JGE_K, whenTrue, whenFalse, operand: value };
}

/** Ends the program with this answer. */
export function answer(value: number): Instruction {
  return { code: RET_K, whenTrue: 0, whenFalse: 0, operand: value };
}

/** The program as the kernel reads it: u16 code, u8 and u8 skips, u32 operand each, little-endian. */
export function encodeProgram(instructions: readonly Instruction[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(instructions.length * INSTRUCTION_BYTES));
  for (const [index, { code, whenTrue, whenFalse, operand }] of instructions.entries()) {
    const start = index * INSTRUCTION_BYTES;
    view.setUint16(start, code, true);
    view.setUint8(start + 2, unsigned(8, whenTrue, index));
    view.setUint8(start + 3, unsigned(8, whenFalse, index));
    view.setUint32(start + 4, unsigned(32, operand, index), true);
  }
  return new Uint8Array(view.buffer);
}

const INSTRUCTION_BYTES = 8;

const LD_W_ABS = 0x20;
const ALU_AND_K = 0x54;
const JMP_JEQ_K = 0x15;
const JMP_JGE_K = 0x35;
const RET_K = 0x06;

/** A DataView would wrap a number that does not fit, and the program would mean something else. */
function unsigned(bits: number, value: number, index: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return value;
  throw new Error(`BPF instruction ${index}: ${value} does not fit in ${bits} unsigned bits`);
}
