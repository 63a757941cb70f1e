import { isFailure } from "../../protocol/channel.ts";
import type { LookupResult } from "../../protocol/messages.ts";
import type { HostImports, PyodideModule } from "../emscripten.ts";
import type { Kernel } from "./request.ts";
import { SERVICES } from "./services.ts";
import { AF_INET, AF_INET6, familyOf, type SocketAddresses } from "./socket-address.ts";

/** What woma's Python calls its machine, which knows itself without asking anybody. */
const OWN_NAME = "emscripten";

const AI_PASSIVE = 1;
const AI_CANONNAME = 2;
const AI_NUMERICHOST = 4;
const AI_NUMERICSERV = 0x400;
const NI_NUMERICHOST = 1;
const NI_NUMERICSERV = 2;
const NI_NAMEREQD = 8;
const NI_DGRAM = 16;

const EAI_NONAME = -2;
const EAI_AGAIN = -3;
const EAI_FAMILY = -6;
const EAI_SOCKTYPE = -7;
const EAI_SERVICE = -8;
const EAI_ADDRFAMILY = -9;
const EAI_MEMORY = -10;
const EAI_SYSTEM = -11;
const EAI_OVERFLOW = -12;

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
/** With their protocols, as glibc lists them. */
const SOCKET_TYPES = [
  [SOCK_STREAM, 6],
  [SOCK_DGRAM, 17],
  [SOCK_RAW, 0],
] as const;

/** sizeof(struct addrinfo), and of the largest sockaddr that is used, rounded up. */
const INFO_BYTES = 32;
const ADDRESS_BYTES = 32;

/** getaddrinfo(3) and its kin: numbers are read here, names are looked up by the broker. */
export function lookupCalls(
  module: () => PyodideModule,
  kernel: Kernel,
  socketAddresses: SocketAddresses,
): HostImports {
  const resolver = () => ({ module: module(), kernel, socketAddresses });
  return {
    getaddrinfo: (node: number, service: number, hints: number, out: number) =>
      addressInfo(resolver(), readQuery(module(), [node, service, hints]), out),
    getnameinfo: (address: number, length: number, ...rest: number[]) => nameInfo(resolver(), [address, length], rest),
    // gethostbyname(3)'s: an IPv4 address as it lies in memory, 0 for none.
    _emscripten_lookup_name: (name: number) => {
      const query = { name: module().UTF8ToString(name), version: 4, port: null } as const;
      const found = lookUp(resolver(), query);
      const [first = ""] = typeof found === "number" ? [] : found;
      return first.split(".").reduceRight((value, part) => (value << 8) | Number(part), 0);
    },
  };
}

interface Resolver {
  readonly module: PyodideModule;
  readonly kernel: Kernel;
  readonly socketAddresses: SocketAddresses;
}

interface Query {
  readonly name: string | null;
  readonly service: string | null;
  readonly flags: number;
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
}

function readQuery(module: PyodideModule, [node = 0, service = 0, hints = 0]: readonly number[]): Query {
  const text = (address: number) => (address === 0 ? null : module.UTF8ToString(address));
  const [flags = 0, family = 0, type = 0, protocol = 0] =
    hints === 0 ? [] : module.HEAP32.subarray(hints >>> 2, (hints >>> 2) + 4);
  return { name: text(node), service: text(service), flags, family, type, protocol };
}

/** Returns an error number, libc's own kind, and leaves the list's address at `out`. */
function addressInfo(resolver: Resolver, query: Query, out: number): number {
  if (![0, AF_INET, AF_INET6].includes(query.family)) return EAI_FAMILY;
  if (query.name === null && query.service === null) return EAI_NONAME;
  const isNamed = query.service !== null && !/^\d*$/.test(query.service);
  if (isNamed && (query.flags & AI_NUMERICSERV) !== 0) return EAI_NONAME;
  const types = socketTypes(query);
  if (types.length === 0) return EAI_SOCKTYPE;
  const services = types.flatMap((type) => {
    const port = portOf(query, type);
    return port === null ? [] : [{ type, port }];
  });
  const [first] = services;
  if (first === undefined) return EAI_SERVICE;
  const addresses = addressesFor(resolver, query, first.port);
  if (typeof addresses === "number") return addresses;
  const canonicalName = (query.flags & AI_CANONNAME) !== 0 ? (query.name ?? "") : null;
  const entries = addresses.flatMap((address) => services.map((service) => ({ address, ...service })));
  const list = writeList(resolver, entries, canonicalName);
  if (list === 0) return EAI_MEMORY;
  resolver.module.HEAPU32[out >>> 2] = list;
  return 0;
}

/** All of them, or the first that is asked for. */
function socketTypes({ type, protocol }: Query): (typeof SOCKET_TYPES)[number][] {
  const wanted = SOCKET_TYPES.filter(
    ([each, its]) => (type === 0 || type === each) && (protocol === 0 || its === 0 || protocol === its),
  );
  return type === 0 && protocol === 0 ? wanted : wanted.slice(0, 1);
}

/** A named service has its port with one kind of socket, and perhaps with no other. */
function portOf({ service }: Query, [type]: (typeof SOCKET_TYPES)[number]): number | null {
  if (service === null || service === "") return 0;
  if (/^\d+$/.test(service)) return Number(service) & 0xffff;
  if (type === SOCK_STREAM) return SERVICES.get(service) ?? null;
  return type === SOCK_DGRAM ? (SERVICES.get(`${service}/udp`) ?? null) : null;
}

function addressesFor(resolver: Resolver, { name, flags, family }: Query, port: number): string[] | number {
  const both = (v4: string, v6: string) =>
    family === AF_INET ? [v4] : family === AF_INET6 ? [v6] : (flags & AI_PASSIVE) !== 0 ? [v4, v6] : [v6, v4];
  if (name === null) return (flags & AI_PASSIVE) !== 0 ? both("0.0.0.0", "::") : both("127.0.0.1", "::1");
  const plain = familyOf(name);
  // CPython asks for the IPv4 form of whatever a socket is to connect to, and an IPv6 address has one.
  if (plain === AF_INET && isPlain(name)) return family === AF_INET6 ? EAI_ADDRFAMILY : [name];
  if (plain === AF_INET6 && isPlain(name)) return [shortest(name)];
  if (name === OWN_NAME) return family === AF_INET6 ? ["::1"] : ["127.0.0.1"];
  if ((flags & AI_NUMERICHOST) !== 0 && !/^[\d.x]+$/i.test(name)) return EAI_NONAME;
  return lookUp(resolver, { name, version: family === AF_INET ? 4 : family === AF_INET6 ? 6 : 0, port: port || null });
}

/** Which needs nobody to read it. */
function isPlain(address: string): boolean {
  const parts = address.split(".");
  const isDecimal = parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  if (!address.includes(":")) return isDecimal;
  const { bare, zone } = zoned(address);
  return /^(?:%[\w.-]{1,15})?$/.test(zone) && /^[\da-f:.]+$/i.test(bare) && URL.canParse(`http://[${bare}]/`);
}

/** An IPv6 address, and its interface with the percent sign before it; "" for none. */
function zoned(address: string): { readonly bare: string; readonly zone: string } {
  const at = address.indexOf("%");
  return at < 0 ? { bare: address, zone: "" } : { bare: address.slice(0, at), zone: address.slice(at) };
}

/** An IPv6 address as inet_ntop(3) writes it. */
function shortest(address: string): string {
  const { bare, zone } = zoned(address);
  const short = new URL(`http://[${bare}]/`).hostname.slice(1, -1) + zone;
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const bytes = [high, low].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
  return `::ffff:${bytes.join(".")}`;
}

interface Lookup {
  readonly name: string;
  readonly version: 0 | 4 | 6;
  readonly port: number | null;
}

/** Addresses in the order to try them in, or an error number. */
function lookUp({ module, kernel }: Resolver, query: Lookup): string[] | number {
  const { reply } = kernel.channel.call({ op: "lookup", ...query });
  if (isFailure(reply)) return reply.errno === "EINVAL" || reply.errno === "ENAMETOOLONG" ? EAI_NONAME : fail(reply);
  const result = readResult(reply.handle);
  kernel.channel.call({ op: "close", handle: reply.handle });
  if (typeof result === "number") return result;
  switch (result.kind) {
    case "found":
      return [...result.addresses];
    case "unknown":
      return EAI_NONAME;
    case "unanswered":
      return EAI_AGAIN;
    case "refused":
      return fail({ errno: "EACCES", reason: result.reason });
  }

  function fail(failure: Parameters<Kernel["failed"]>[0]): number {
    module.HEAP32[module.___errno_location() >>> 2] = kernel.failed(failure);
    return EAI_SYSTEM;
  }

  function readResult(handle: number): LookupResult | number {
    const { reply: answer, bytes } = kernel.channel.call({ op: "read", handle, length: 1 << 16, nonBlocking: false });
    if (isFailure(answer)) return fail(answer);
    const all = answer.windowLength === undefined ? bytes : kernel.window?.slice(0, answer.windowLength);
    return JSON.parse(new TextDecoder().decode(all));
  }
}

interface Entry {
  readonly address: string;
  readonly type: (typeof SOCKET_TYPES)[number];
  readonly port: number;
}

/**
 * A list of struct addrinfo; 0 without memory. Emscripten's freeaddrinfo(3) frees the first entry and its address,
 * so all others lie in the block of the first.
 */
function writeList(
  { module, socketAddresses }: Resolver,
  entries: readonly Entry[],
  canonicalName: string | null,
): number {
  const name = canonicalName === null ? new Uint8Array(0) : new TextEncoder().encode(`${canonicalName}\0`);
  const list = module._malloc(entries.length * (INFO_BYTES + ADDRESS_BYTES) + name.length);
  const first = list === 0 ? 0 : module._malloc(ADDRESS_BYTES);
  if (first === 0) {
    if (list !== 0) module._free(list);
    return 0;
  }
  const addresses = list + entries.length * INFO_BYTES;
  const nameAt = addresses + entries.length * ADDRESS_BYTES;
  module.HEAPU8.set(name, nameAt);
  for (const [index, { address, type, port }] of entries.entries()) {
    const family = familyOf(address) ?? AF_INET;
    const target = index === 0 ? first : addresses + index * ADDRESS_BYTES;
    const size = socketAddresses.write(target, { address, port });
    const next = index + 1 < entries.length ? list + (index + 1) * INFO_BYTES : 0;
    const canonical = index === 0 && canonicalName !== null ? nameAt : 0;
    module.HEAPU32.set([0, family, type[0], type[1], size, target, canonical, next], (list + index * INFO_BYTES) >>> 2);
  }
  return list;
}

/** The machine's own, which have a name on every machine. */
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1"]);

/** Nobody is asked for the name of an address: that, too, would go out of the machine. */
function nameInfo(
  { module, socketAddresses }: Resolver,
  [address = 0, length = 0]: readonly number[],
  rest: readonly number[],
): number {
  const [host = 0, hostBytes = 0, service = 0, serviceBytes = 0, flags = 0] = rest;
  const given = socketAddresses.read(address >>> 0, length);
  if (given === null) return EAI_FAMILY;
  const hostName = (flags & NI_NUMERICHOST) === 0 && LOOPBACK.has(given.address) ? "localhost" : undefined;
  if ((flags & NI_NAMEREQD) !== 0 && hostName === undefined) return EAI_NONAME;
  const suffix = (flags & NI_DGRAM) !== 0 ? "/udp" : "";
  const named = (flags & NI_NUMERICSERV) !== 0 ? undefined : nameOfService(given.port, suffix);
  const texts = [
    [hostName ?? given.address, host, hostBytes],
    [named ?? String(given.port), service, serviceBytes],
  ] as const;
  for (const [text, target, room] of texts) {
    if (target === 0 || room === 0) continue;
    if (text.length >= room) return EAI_OVERFLOW;
    module.stringToUTF8(text, target >>> 0, room);
  }
  return 0;
}

function nameOfService(port: number, suffix: string): string | undefined {
  const found = [...SERVICES].find(([name, number]) => number === port && name.endsWith("/udp") === (suffix !== ""));
  return found?.[0].replace("/udp", "");
}
