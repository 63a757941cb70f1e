import { createHash } from "node:crypto";
import { packArchive } from "../../scripts/archive.ts";

export interface WheelContents {
  readonly name: string;
  readonly version: string;
  /** By path; a module `name` with its version is made where there are none. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Lines of METADATA: `Requires-Dist: other>1`, `Requires-Python: >=3.9`. */
  readonly metadata?: readonly string[];
  /** Default: of pure Python. */
  readonly tag?: string;
}

export interface Wheel {
  readonly name: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly metadata: string;
}

/** A wheel as build tools make it: its files, METADATA, WHEEL and a RECORD of all. */
export function buildWheel({ name, version, files, metadata = [], tag = "py3-none-any" }: WheelContents): Wheel {
  const distribution = name.replace(/[-_.]+/g, "_");
  const information = `${distribution}-${version}.dist-info`;
  const text = ["Metadata-Version: 2.1", `Name: ${name}`, `Version: ${version}`, ...metadata, ""].join("\n");
  const contents = new Map<string, Uint8Array>();
  const add = (path: string, content: string | Uint8Array) =>
    contents.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  for (const [path, content] of Object.entries(files ?? { [`${distribution}.py`]: `VERSION = "${version}"\n` }))
    add(path, content);
  add(`${information}/METADATA`, text);
  add(`${information}/WHEEL`, `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`);
  const record = [...contents].map(
    ([path, content]) => `${path},sha256=${digest(content, "base64url")},${content.length}`,
  );
  add(`${information}/RECORD`, [...record, `${information}/RECORD,,`, ""].join("\n"));
  const bytes = packArchive(contents);
  return {
    name,
    fileName: `${distribution}-${version}-${tag}.whl`,
    bytes,
    sha256: digest(bytes, "hex"),
    metadata: text,
  };
}

function digest(bytes: Uint8Array, encoding: "hex" | "base64url"): string {
  return createHash("sha256").update(bytes).digest(encoding);
}
