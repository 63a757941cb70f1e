import { ptr } from "bun:ffi";
import type { Libc } from "../protocol/libc.ts";
import { systemCallNumber } from "../protocol/system-call-numbers.ts";

/** Linux's resources that woma limits (getrlimit(2)). */
export const RLIMIT = { cpu: 0, fileSize: 1, core: 4, openFiles: 7 } as const;

/** prlimit(2): sets both limits of a process, 0 for this one; false when the system refuses. */
export function setLimit(libc: Libc, pid: number, resource: keyof typeof RLIMIT, value: Limit): boolean {
  const limits = new BigUint64Array([BigInt(value.soft), BigInt(value.hard)]);
  return libc.systemCall(systemCallNumber("prlimit64"), pid, RLIMIT[resource], ptr(limits), 0) === 0;
}

interface Limit {
  readonly soft: number;
  readonly hard: number;
}

/** A limit of nothing at all, soft and hard. */
export const NOTHING: Limit = { soft: 0, hard: 0 };
