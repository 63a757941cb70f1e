import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, parse } from "node:path";

/** Everything the build fetches or derives; safe to delete, never committed. */
export const buildDirectory = join(import.meta.dir, "..", ".build");

/**
 * The file at `relativePath` under .build. It is checked on every use, since anything may have
 * written there, and obtained again when it is missing or is not what it claims to be.
 */
export async function cachedFile(
  relativePath: string,
  isGenuine: (bytes: Uint8Array) => boolean,
  obtain: () => Promise<Uint8Array>,
): Promise<{ path: string; bytes: Uint8Array }> {
  const path = join(buildDirectory, relativePath);
  const kept = await readIfThere(path);
  if (kept && isGenuine(kept)) return { path, bytes: kept };
  const bytes = await obtain();
  if (!isGenuine(bytes)) throw new Error(`${relativePath}: obtained bytes that fail their own check`);
  await replaceFile(path, bytes);
  return { path, bytes };
}

/** Bytes that follow from `inputs` alone, made once and kept as `.build/<name>-<hash of the inputs>.<ext>`. */
export async function derivedFile(
  name: string,
  inputs: readonly (Uint8Array | string)[],
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const key = sha256(inputs.map((input) => sha256(input)).join());
  const { name: stem, ext } = parse(name);
  const path = join(buildDirectory, `${stem}-${key.slice(0, 16)}${ext}`);
  const [kept, digest] = await Promise.all([readIfThere(path), readIfThere(`${path}.sha256`)]);
  if (kept && digest && sha256(kept) === new TextDecoder().decode(digest)) return kept;
  const bytes = await make();
  await replaceFile(path, bytes);
  await replaceFile(`${path}.sha256`, new TextEncoder().encode(sha256(bytes)));
  return bytes;
}

export function sha256(bytes: Uint8Array | string): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.bytes() : undefined;
}

// Written aside and renamed, so that two builds at once never read each other's half.
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}`;
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}
