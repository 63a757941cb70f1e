/** As much of RFC 1035 as a name server with scripted answers needs. */
import { isIPv6 } from "node:net";

export interface Question {
  readonly id: number;
  /** As asked, without the dot at the end. */
  readonly name: string;
  readonly type: "A" | "AAAA" | "other";
  /** The bytes of the question, which the answer repeats. */
  readonly bytes: Uint8Array;
}

export interface Resource {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  readonly value: string;
}

const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const;
const [HEADER_BYTES, IN_CLASS] = [12, 1];

/** Undefined when it is no question. */
export function readQuestion(message: Uint8Array): Question | undefined {
  if (message.length < HEADER_BYTES + 5) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(new TextDecoder().decode(message.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  const number = view.getUint16(at + 1);
  const type = number === TYPES.A ? "A" : number === TYPES.AAAA ? "AAAA" : "other";
  return { id: view.getUint16(0), name: labels.join("."), type, bytes: message.slice(HEADER_BYTES, at + 5) };
}

/** No answer may be kept: its time to live is 0. */
export function writeAnswer(
  { id, bytes }: Question,
  resources: readonly Resource[],
  failure: "SERVFAIL" | "NXDOMAIN" | undefined,
): Uint8Array {
  // An answer to one who wanted recursion, which is available.
  const flags = 0x8180 | { SERVFAIL: 2, NXDOMAIN: 3, none: 0 }[failure ?? "none"];
  const header = [id, flags, 1, resources.length, 0, 0].flatMap(twoBytes);
  return Uint8Array.from([...header, ...bytes, ...resources.flatMap(resourceBytes)]);
}

function resourceBytes({ name, type, value }: Resource): number[] {
  const data = type === "CNAME" ? nameBytes(value) : addressBytes(value);
  return [
    ...nameBytes(name),
    ...twoBytes(TYPES[type]),
    ...twoBytes(IN_CLASS),
    0,
    0,
    0,
    0,
    ...twoBytes(data.length),
    ...data,
  ];
}

function nameBytes(name: string): number[] {
  const labels = name.split(".").map((label) => new TextEncoder().encode(label));
  return [...labels.flatMap((label) => [label.length, ...label]), 0];
}

function addressBytes(address: string): number[] {
  if (!isIPv6(address)) return address.split(".").map(Number);
  // An IPv4 address may stand at the end.
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...numbers: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = numbers.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [start = "", end = ""] = plain.split("::");
  const groups = (text: string) =>
    text
      .split(":")
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(start), groups(end)];
  return [...first, ...Array(8 - first.length - last.length).fill(0), ...last].flatMap(twoBytes);
}

function twoBytes(value: number): number[] {
  return [value >> 8, value & 255];
}
