/**
 * The kernel's side of a seccomp filter: the checks that a program must pass to be installed
 * (bpf_check_classic, seccomp_check_filter) and the machine that runs it. It knows the instructions that
 * woma's filter uses and refuses all others.
 */

/** What the filter is asked about: struct seccomp_data. */
export interface CallData {
  readonly number: number;
  readonly auditArchitecture: number;
  readonly instructionPointer: bigint;
  /** Six, as unsigned 64-bit numbers. */
  readonly args: readonly bigint[];
}

export type Program = readonly Instruction[];

interface Instruction {
  readonly code: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly operand: number;
}

/** Decodes a program; throws for one that the kernel would not take. */
export function loadProgram(bytes: Uint8Array): Program {
  if (bytes.length % INSTRUCTION_BYTES !== 0) throw new Error(`${bytes.length} bytes are not whole instructions`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const program = Array.from({ length: bytes.length / INSTRUCTION_BYTES }, (_, index) => ({
    code: view.getUint16(index * INSTRUCTION_BYTES, true),
    whenTrue: view.getUint8(index * INSTRUCTION_BYTES + 2),
    whenFalse: view.getUint8(index * INSTRUCTION_BYTES + 3),
    operand: view.getUint32(index * INSTRUCTION_BYTES + 4, true),
  }));
  if (program.length === 0 || program.length > MAXIMUM_INSTRUCTIONS) {
    throw new Error(`${program.length} instructions, not 1 to ${MAXIMUM_INSTRUCTIONS}`);
  }
  program.forEach((instruction, index) => {
    checkInstruction(instruction, index, program.length);
  });
  if (program.at(-1)?.code !== RET_K) throw new Error("the last instruction does not return");
  return program;
}

/** The program's answer. Jumps lead forward only and the last instruction returns, so it always comes to one. */
export function runProgram(program: Program, call: CallData): number {
  const data = encodeCall(call);
  let accumulator = 0;
  let index = 0;
  for (;;) {
    const instruction = program[index];
    if (instruction === undefined) throw new Error(`ran out of the program, at instruction ${index}`);
    const { code, operand } = instruction;
    index += 1;
    if (code === RET_K) return operand;
    if (code === LD_W_ABS) accumulator = data.getUint32(operand, true);
    else if (code === ALU_AND_K) accumulator = (accumulator & operand) >>> 0;
    else index += holds(code, accumulator, operand) ? instruction.whenTrue : instruction.whenFalse;
  }
}

const INSTRUCTION_BYTES = 8;
const MAXIMUM_INSTRUCTIONS = 4096;
const CALL_DATA_BYTES = 64;

const LD_W_ABS = 0x20;
const ALU_AND_K = 0x54;
const JMP_JEQ_K = 0x15;
const JMP_JGE_K = 0x35;
const RET_K = 0x06;

function checkInstruction({ code, whenTrue, whenFalse, operand }: Instruction, index: number, length: number): void {
  switch (code) {
    case ALU_AND_K:
    case RET_K:
      return;
    case LD_W_ABS:
      if (operand % 4 !== 0 || operand >= CALL_DATA_BYTES) throw new Error(`${index}: loads from ${operand}`);
      return;
    case JMP_JEQ_K:
    case JMP_JGE_K:
      if (index + 1 + Math.max(whenTrue, whenFalse) >= length) throw new Error(`${index}: jumps out of the program`);
      return;
    default:
      throw new Error(`${index}: unknown instruction 0x${code.toString(16)}`);
  }
}

function encodeCall(call: CallData): DataView {
  const data = new DataView(new ArrayBuffer(CALL_DATA_BYTES));
  data.setUint32(0, call.number, true);
  data.setUint32(4, call.auditArchitecture, true);
  data.setBigUint64(8, call.instructionPointer, true);
  for (let argument = 0; argument < 6; argument++) {
    data.setBigUint64(16 + 8 * argument, call.args[argument] ?? 0n, true);
  }
  return data;
}

function holds(code: number, accumulator: number, operand: number): boolean {
  return code === JMP_JEQ_K ? accumulator === operand : accumulator >= operand;
}
