import { inflateSync } from "node:zlib";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row by row. */
  readonly pixels: Uint8Array;
}

/** Decodes a PNG of 8 bits a channel, with or without alpha, not interlaced; checksums are checked. */
export function decodePng(bytes: Uint8Array): Picture {
  if (!Buffer.from(bytes.subarray(0, 8)).equals(SIGNATURE)) throw new Error("is no PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data: Uint8Array[] = [];
  let header = new Uint8Array(13);
  for (let at = 8, type = ""; type !== "IEND"; ) {
    const length = view.getUint32(at);
    const chunk = bytes.subarray(at + 4, at + 8 + length);
    type = new TextDecoder().decode(chunk.subarray(0, 4));
    if (Bun.hash.crc32(chunk) !== view.getUint32(at + 8 + length)) throw new Error(`${type} is damaged`);
    if (type === "IHDR") header = new Uint8Array(chunk.subarray(4));
    if (type === "IDAT") data.push(chunk.subarray(4));
    at += 12 + length;
  }
  const [width, height] = [new DataView(header.buffer).getUint32(0), new DataView(header.buffer).getUint32(4)];
  const channels = { 2: 3, 6: 4 }[header[9] ?? 0];
  if (header[8] !== 8 || channels === undefined || header[12] !== 0) throw new Error(`PNG of another kind: ${header}`);
  const rows = unfilter(new Uint8Array(inflateSync(Buffer.concat(data))), width * channels, height, channels);
  const pixels = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++)
    pixels.set(rows.subarray(pixel * channels, (pixel + 1) * channels), pixel * 4);
  return { width, height, pixels };
}

/** The share of the picture that has exactly this colour. */
export function shareOf({ pixels }: Picture, [red, green, blue]: readonly [number, number, number]): number {
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4)
    if (pixels[at] === red && pixels[at + 1] === green && pixels[at + 2] === blue) count++;
  return count / (pixels.length / 4);
}

function unfilter(data: Uint8Array, rowBytes: number, height: number, channels: number): Uint8Array {
  const rows = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row++) {
    const filter = data[row * (rowBytes + 1)];
    for (let column = 0; column < rowBytes; column++) {
      const at = row * rowBytes + column;
      const left = column < channels ? 0 : (rows[at - channels] ?? 0);
      const above = row === 0 ? 0 : (rows[at - rowBytes] ?? 0);
      const corner = row === 0 || column < channels ? 0 : (rows[at - rowBytes - channels] ?? 0);
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      rows[at] = (data[row * (rowBytes + 1) + 1 + column] ?? 0) + predicted;
    }
  }
  return rows;
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
