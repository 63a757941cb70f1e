import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { HopAnswer } from "./hop.ts";
import { headerOf } from "./request-headers.ts";

/** A server may have compressed an answer more than once; each time takes memory. */
const MOST_CODINGS = 3;

/** An answer's body as it was before the server compressed it; as it came where that is in a way unknown here. */
export function decodedBody({ status, headers, body }: HopAnswer, method: string): Readable {
  const hasNone = method === "HEAD" || status === 204 || status === 304 || headerOf(headers, "content-length") === "0";
  const codings = (headerOf(headers, "content-encoding") ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  const decoders = codings.toReversed().flatMap((coding) => DECODERS[coding] ?? []);
  if (hasNone || codings.length === 0 || codings.length > MOST_CODINGS || decoders.length < codings.length) return body;
  const [first, ...others] = decoders.map((make) => make());
  if (first === undefined) return body;
  // Who reads the last of them is told of the error.
  return [first, ...others].reduce<Readable>((from, decoder) => pipeline(from, decoder, () => {}), body);
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};
