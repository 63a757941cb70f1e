/**
 * Runs a command on a kernel that seems to lack system calls: `bun without-calls.ts NAME=ERRNO[,…] COMMAND [ARGUMENT …]`.
 * A seccomp filter answers them with the errno, for the command and all that it starts, as a container's may.
 */
import { ptr } from "bun:ffi";
import { openLibc } from "../../../src/protocol/libc.ts";
import { type SystemCallName, systemCallNumber } from "../../../src/protocol/system-call-numbers.ts";
import { answer, encodeProgram, jumpEqual, loadWord } from "../../../src/sandbox/seccomp/bpf.ts";

const ALLOW = 0x7fff_0000;
const ERRNO = 0x0005_0000;
const NUMBER_OFFSET = 0;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_SET_MODE_FILTER = 1;

const [missing = "", ...command] = process.argv.slice(2);
const libc = openLibc();
if (libc === null) throw new Error("needs Linux");
const refusals = missing.split(",").flatMap((item) => {
  const [name, errno] = item.split("=");
  return [jumpEqual(systemCallNumber(name as SystemCallName), 0, 1), answer(ERRNO | Number(errno))];
});
const filter = encodeProgram([loadWord(NUMBER_OFFSET), ...refusals, answer(ALLOW)]);
const program = new DataView(new ArrayBuffer(16));
program.setUint16(0, filter.length / 8, true);
program.setBigUint64(8, BigInt(ptr(filter)), true);
libc.prctl?.(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
const header = new Uint8Array(program.buffer);
const result = libc.systemCall(systemCallNumber("seccomp"), SECCOMP_SET_MODE_FILTER, 0, ptr(header));
if (result !== 0) throw new Error(`seccomp: ${result}`);
const texts = command.map((word) => Buffer.from(`${word}\0`));
const argv = new BigUint64Array([...texts.map((text) => BigInt(ptr(text))), 0n]);
const envp = new BigUint64Array([0n]);
const failed = libc.systemCall(systemCallNumber("execve"), ptr(texts[0] as Buffer), ptr(argv), ptr(envp));
throw new Error(`execve: ${failed}`);
