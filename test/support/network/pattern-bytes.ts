/** Bytes that a program can make too, and that show it when a piece is lost, doubled or out of place. */
export function patternBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let index = 0; index < count; index++) bytes[index] = (index * 7 + (index >> 8)) & 0xff;
  return bytes;
}
