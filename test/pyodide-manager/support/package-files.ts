import type { PackageFile } from "../../../src/pyodide-manager/package-file.ts";
import { buildWheel } from "../../support/wheel.ts";

/** A file and what is said of it. */
export interface Offered {
  readonly file: PackageFile;
  readonly bytes: Uint8Array;
}

/** A wheel of some size, which does not compress, as the lock would have it. */
export function offeredWheel(name: string, contentBytes = 1000): Offered {
  const content = new Uint8Array(contentBytes);
  for (let index = 0, state = 1; index < contentBytes; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    content[index] = state >>> 16;
  }
  const files = { [`${name}/__init__.py`]: "", [`${name}/data`]: content };
  const { bytes, fileName, sha256 } = buildWheel({ name, version: "1.0", files });
  return { bytes, file: packageFile({ name, fileName, sha256 }) };
}

/** The same, where an index has it: nowhere else is asked. */
export function onIndex({ file, bytes }: Offered, server: { readonly url: string }): Offered {
  return { file: { ...file, origin: "index", url: `${server.url}${file.fileName}` }, bytes };
}

/** Any bytes under a wheel's name. */
export function offeredBytes(name: string, bytes: Uint8Array): Offered {
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  return { bytes, file: packageFile({ name, fileName: `${name}-1.0-py3-none-any.whl`, sha256 }) };
}

function packageFile(known: Pick<PackageFile, "name" | "fileName" | "sha256">): PackageFile {
  return { ...known, version: "1.0", origin: "lock", url: null, bytes: null };
}
