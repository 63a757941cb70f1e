import { ptr } from "bun:ffi";
import { statSync } from "node:fs";
import type { Libc } from "../protocol/libc.ts";
import { systemCallNumber } from "../protocol/system-call-numbers.ts";

/**
 * Landlock (landlock(7)): a process gives up, for itself and all that it starts, every right to files but those
 * listed, TCP (from its version 4), and signals and abstract sockets to the outside (from 6). It binds only the
 * thread that asks for it, and what that thread execs: so it comes before the exec.
 */
export function landlockVersion(libc: Libc): number {
  const version = libc.systemCall(systemCallNumber("landlock_create_ruleset"), 0, 0, CREATE_RULESET_VERSION);
  return Math.max(version, 0);
}

/** Leaves the calling thread nothing but reading and executing below these paths; false when the kernel refuses. */
export function restrictToReading(libc: Libc, paths: readonly string[]): boolean {
  const version = landlockVersion(libc);
  if (version === 0) return false;
  const ruleset = createRuleset(libc, version);
  if (ruleset < 0) return false;
  for (const path of paths) allowReading(libc, ruleset, path);
  libc.prctl?.(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const restricted = libc.systemCall(systemCallNumber("landlock_restrict_self"), ruleset, 0) === 0;
  libc.systemCall(systemCallNumber("close"), ruleset);
  return restricted;
}

export const PR_SET_NO_NEW_PRIVS = 38;

const CREATE_RULESET_VERSION = 1;
const RULE_PATH_BENEATH = 1;
const EXECUTE = 1n;
const READ_FILE = 4n;
const READ_DIR = 8n;

/** All rights to files that each version of Landlock knows: it denies those that it is told of. */
const FILE_RIGHTS = [0n, 0x1fffn, 0x3fffn, 0x7fffn, 0x7fffn, 0xffffn];
/** Binding and connecting TCP sockets. */
const NETWORK_RIGHTS = 3n;
/** Abstract UNIX sockets and signals. */
const SCOPES = 3n;

function createRuleset(libc: Libc, version: number): number {
  const files = FILE_RIGHTS[Math.min(version, FILE_RIGHTS.length - 1)] ?? 0n;
  const attributes = new BigUint64Array([files, version >= 4 ? NETWORK_RIGHTS : 0n, version >= 6 ? SCOPES : 0n]);
  const bytes = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  return libc.systemCall(systemCallNumber("landlock_create_ruleset"), ptr(attributes), bytes, 0);
}

/** A path that is not there grants nothing. */
function allowReading(libc: Libc, ruleset: number, path: string): void {
  const text = Buffer.from(`${path}\0`);
  const fd = libc.systemCall(systemCallNumber("openat"), AT_FDCWD, ptr(text), O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  const rights = statSync(path).isDirectory() ? EXECUTE | READ_FILE | READ_DIR : EXECUTE | READ_FILE;
  // struct landlock_path_beneath_attr is packed: u64 rights, s32 fd.
  const rule = new DataView(new ArrayBuffer(12));
  rule.setBigUint64(0, rights, true);
  rule.setInt32(8, fd, true);
  const bytes = new Uint8Array(rule.buffer);
  libc.systemCall(systemCallNumber("landlock_add_rule"), ruleset, RULE_PATH_BENEATH, ptr(bytes), 0);
  libc.systemCall(systemCallNumber("close"), fd);
}

const AT_FDCWD = -100;
const O_PATH = 0o10000000;
const O_CLOEXEC = 0o2000000;
