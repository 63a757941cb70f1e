import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { WomaError } from "../../errors.ts";
import { sha256Of } from "../archive/verify.ts";
import { SourceFailure } from "../download/source-failure.ts";
import { shownUrl } from "../download/sources.ts";
import type { IndexedFile } from "./index-page.ts";
import { get } from "./index-request.ts";
import type { RemoteWheels } from "./project-files.ts";

/** Of a file that an index lists without a hash: as it is now, so that it is that one from here on. Throws WomaError. */
export async function fileSha256(file: IndexedFile, access: RemoteWheels): Promise<string> {
  const url = new URL(file.url);
  try {
    return sha256Of(await contentsOf(url, access));
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    throw new WomaError(`cannot read ${file.fileName}: ${shownUrl(url)} ${error.message}`, {
      hint: "the index lists it without a hash, so that it has to be read before it is installed",
      cause: error,
    });
  }
}

async function contentsOf(url: URL, access: RemoteWheels): Promise<Uint8Array> {
  if (url.protocol === "file:") {
    return readFile(fileURLToPath(url)).catch((error: NodeJS.ErrnoException) => {
      throw new SourceFailure(`cannot be read (${error.code})`);
    });
  }
  if (access.offline) throw new SourceFailure("is not asked under --offline");
  const answer = await get(url, { headers: {}, maximumBytes: access.maximumWheelBytes }, access);
  if (answer.status !== 200) throw new SourceFailure(`answered ${answer.status}`);
  return answer.bytes;
}
