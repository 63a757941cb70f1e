export const BEL = 0x07;
export const CAN = 0x18;
export const SUB = 0x1a;
export const ESC = 0x1b;
export const BACKSLASH = 0x5c;
export const DEL = 0x7f;
export const CSI = 0x9b;
export const ST = 0x9c;

// What `codeAt` says of everything that is neither ASCII nor a C1 control.
const TEXT = 0x100;
export const INCOMPLETE = 0x101;

export function codeOf(character: string): number {
  return character.charCodeAt(0);
}

/** The ASCII or C1 code of the character or single byte at `at`; TEXT for what is neither. */
export function codeAt(bytes: Uint8Array, at: number): number {
  const first = byteAt(bytes, at);
  if (first < 0x80) return first;
  const width = widthAt(bytes, at);
  if (width === 0) return INCOMPLETE;
  const last = byteAt(bytes, at + width - 1);
  return last < 0xa0 && (width === 1 || first === 0xc2) ? last : TEXT;
}

/** Bytes of the valid UTF-8 character at `at`; 1 when there is none, 0 when its end is not there yet. */
export function widthAt(bytes: Uint8Array, at: number): number {
  const first = byteAt(bytes, at);
  if (first < 0xc2 || first > 0xf4) return 1;
  if (at + 1 === bytes.length) return 0;
  if (!isSecond(first, byteAt(bytes, at + 1))) return 1;
  const width = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (let next = at + 2; next < at + width; next++) {
    if (next === bytes.length) return 0;
    if (!isContinuation(byteAt(bytes, next))) return 1;
  }
  return width;
}

/** Excludes overlong forms, surrogates and what lies beyond U+10FFFF. */
function isSecond(first: number, second: number): boolean {
  switch (first) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf;
    case 0xed:
      return second >= 0x80 && second <= 0x9f;
    case 0xf0:
      return second >= 0x90 && second <= 0xbf;
    case 0xf4:
      return second >= 0x80 && second <= 0x8f;
    default:
      return isContinuation(second);
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
