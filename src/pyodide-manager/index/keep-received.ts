import { claim } from "../cache/claim.ts";
import type { DownloadContext } from "../download/download-context.ts";
import type { PackageFile } from "../package-file.ts";

/**
 * Puts what has come of a file where a download of it begins: that finds it, and verifies it, as if it had been
 * interrupted at the last byte.
 */
export async function keepReceived(file: PackageFile, bytes: Uint8Array, context: DownloadContext): Promise<void> {
  context.run.spend(bytes.length);
  const claimed = await claim(file, context);
  if (!("partial" in claimed)) return claimed.close();
  try {
    await claimed.partial.restart();
    await claimed.partial.append(bytes);
  } catch {
    // The download will say what is the matter with the disk.
    return claimed.drop();
  }
  claimed.keep();
}
