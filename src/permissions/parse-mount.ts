import { UsageError } from "../errors.ts";
import { toGuestPath } from "./guest-path.ts";
import { pathFlag } from "./items.ts";
import { locate } from "./locate.ts";
import type { GuestPath, Mount, PathContext } from "./permissions.ts";
import { refuseReserved } from "./reserved-places.ts";
import { shellWord } from "./shell-word.ts";

/**
 * `--mount HOST[:GUEST][:ro|rw]`: the program has HOST at GUEST, an absolute path, or without one where the user has
 * it; writable unless it says `ro`, as docker's -v. No colon can be part of a path. Throws UsageError.
 */
export function parseMount(value: string, context: PathContext): Mount {
  const grantedBy = `--mount ${shellWord(value)}`;
  const { host, guest, access } = splitMount(value, grantedBy);
  const located = locate(host, grantedBy, context);
  const guestPath = guest === null ? located.guestPath : parseGuest(guest, grantedBy);
  const writableBy = guest === null ? pathFlag("--allow-write", guestPath) : `--mount ${shellWord(`${host}:${guest}`)}`;
  const mount = { ...located, guestPath, access, grantedBy, writableBy };
  refuseReserved(host, mount);
  return mount;
}

interface MountParts {
  readonly host: string;
  /** Null: where the user has it. */
  readonly guest: string | null;
  readonly access: Mount["access"];
}

function splitMount(value: string, flag: string): MountParts {
  const [host = "", second, third, ...more] = value.split(":");
  if (host === "") throw new UsageError(`${flag}: nothing where a path should be`, FORM);
  if (more.length > 0) throw new UsageError(`${flag}: more than two colons`, `${FORM}; no path in it can have a colon`);
  if (second === undefined) return { host, guest: null, access: "read-write" };
  if (third !== undefined) return { host, guest: second, access: parseAccess(third, flag) };
  const access = ACCESS.get(second);
  return access === undefined ? { host, guest: second, access: "read-write" } : { host, guest: null, access };
}

function parseAccess(text: string, flag: string): Mount["access"] {
  const access = ACCESS.get(text);
  if (access !== undefined) return access;
  throw new UsageError(`${flag}: the access is ro or rw, not ${shellWord(text)}`, FORM);
}

function parseGuest(text: string, flag: string): GuestPath {
  if (text.includes("\0")) throw new UsageError(`${flag}: a NUL character in a path`, "no path can hold one");
  if (text.startsWith("/")) return toGuestPath(text);
  throw new UsageError(`${flag}: the program's path must be absolute, not ${shellWord(text)}`, FORM);
}

const ACCESS: ReadonlyMap<string, Mount["access"]> = new Map([
  ["ro", "read"],
  ["rw", "read-write"],
]);

const FORM = "--mount takes HOST[:GUEST][:ro|rw], for example --mount data:/data:ro";
