import { crc32, deflateRawSync } from "node:zlib";

/** One member as it is written, and how its two descriptions lie. */
export interface Member {
  readonly name: string | Uint8Array;
  readonly data?: string | Uint8Array;
  /** Default: stored. */
  readonly method?: number;
  /** Unix's st_mode. */
  readonly mode?: number;
  readonly flags?: number;
  /** In the directory only. */
  readonly bytes?: number;
  readonly compressedBytes?: number;
  readonly headerOffset?: number;
  /** In its own header only. */
  readonly localName?: string;
  readonly localBytes?: number;
  readonly localMethod?: number;
  /** The sizes stand in zip64 fields. */
  readonly wide?: boolean;
}

export interface Layout {
  readonly before?: string;
  readonly comment?: string;
  /** Members that the end says there are. */
  readonly entries?: number;
  readonly directoryShift?: number;
  readonly after?: string;
  readonly wide?: boolean;
}

/** A zip archive, byte by byte. */
export function zipBytes(members: readonly Member[], layout: Layout = {}): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(layout.before ?? "")];
  const position = () => parts.reduce((sum, part) => sum + part.length, 0);
  const directory: Uint8Array[] = [];
  for (const member of members) {
    const content = Buffer.from(member.data ?? "");
    const method = member.method ?? 0;
    const packed = method === 8 ? deflateRawSync(content) : content;
    const known = { member, method, crc: crc32(content), packed, bytes: content.length, offset: position() };
    parts.push(localHeader(known), packed);
    directory.push(directoryEntry(known));
  }
  const offset = position() + (layout.directoryShift ?? 0);
  parts.push(...directory);
  const bytes = directory.reduce((sum, part) => sum + part.length, 0);
  const place = { entries: layout.entries ?? members.length, bytes, offset };
  if (layout.wide) parts.push(wideEnd(place, position()));
  parts.push(
    end(layout.wide ? { entries: 0xffff, bytes: 0xffffffff, offset: 0xffffffff } : place, layout.comment ?? ""),
  );
  return Buffer.concat([...parts, Buffer.from(layout.after ?? "")]);
}

interface Written {
  readonly member: Member;
  readonly method: number;
  readonly crc: number;
  readonly packed: Uint8Array;
  readonly bytes: number;
  readonly offset: number;
}

const WIDE = 0xffffffff;

function localHeader({ member, method, crc, packed, bytes }: Written): Uint8Array {
  const name = Buffer.from(member.localName ?? member.name);
  const extra = member.wide ? wideExtra([bytes, packed.length]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(member.flags ?? 0, 6);
  header.writeUInt16LE(member.localMethod ?? method, 8);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(member.wide ? WIDE : packed.length, 18);
  header.writeUInt32LE(member.wide ? WIDE : (member.localBytes ?? bytes), 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function directoryEntry({ member, method, crc, packed, bytes, offset }: Written): Uint8Array {
  const name = Buffer.from(member.name);
  const extra = member.wide ? wideExtra([bytes, packed.length]) : Buffer.alloc(0);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(0x0314, 4);
  entry.writeUInt16LE(member.flags ?? 0, 8);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(member.wide ? WIDE : (member.compressedBytes ?? packed.length), 20);
  entry.writeUInt32LE(member.wide ? WIDE : (member.bytes ?? bytes), 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(((member.mode ?? 0o100644) << 16) >>> 0, 38);
  entry.writeUInt32LE(member.headerOffset ?? offset, 42);
  return Buffer.concat([entry, name, extra]);
}

function wideExtra(values: readonly number[]): Uint8Array {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, index) => {
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  });
  return extra;
}

interface Place {
  readonly entries: number;
  readonly bytes: number;
  readonly offset: number;
}

function end({ entries, bytes, offset }: Place, comment: string): Uint8Array {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(offset, 16);
  record.writeUInt16LE(comment.length, 20);
  return Buffer.concat([record, Buffer.from(comment)]);
}

function wideEnd({ entries, bytes, offset }: Place, position: number): Uint8Array {
  const record = Buffer.alloc(76);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(bytes), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(position), 64);
  record.writeUInt32LE(1, 72);
  return record;
}
