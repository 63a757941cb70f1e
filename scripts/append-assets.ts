import { readFile, writeFile } from "node:fs/promises";
import { APPENDED_MAGIC, APPENDED_PAGE_BYTES, type AppendedFile } from "../src/cell/appended-assets.ts";

/** Puts files behind an executable, as src/cell/appended-assets.ts finds them. */
export async function appendAssets(executable: string, paths: Readonly<Record<string, string>>): Promise<void> {
  const parts: Uint8Array[] = [await readFile(executable)];
  let end = parts[0]?.length ?? 0;
  const index: Record<string, AppendedFile> = {};
  for (const [name, path] of Object.entries(paths)) {
    const padding = (APPENDED_PAGE_BYTES - (end % APPENDED_PAGE_BYTES)) % APPENDED_PAGE_BYTES;
    const bytes = await readFile(path);
    index[name] = { offset: end + padding, length: bytes.length };
    parts.push(new Uint8Array(padding), bytes);
    end += padding + bytes.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(index));
  const tail = new Uint8Array(8);
  const view = new DataView(tail.buffer);
  view.setUint32(0, text.length, true);
  view.setUint32(4, APPENDED_MAGIC, true);
  await writeFile(executable, Buffer.concat([...parts, text, tail]));
}
