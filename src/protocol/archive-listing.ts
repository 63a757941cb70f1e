/**
 * The files of an archive as text, by directory, so that the cell takes apart only what somebody looks into. A section
 * a directory, ended by NUL: its path with a slash at the end, then a line for each file.
 */
export type ArchiveListing = string;

export interface ArchiveEntry {
  /** Without its directory. */
  readonly name: string;
  /** Where its local header begins. */
  readonly position: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly isCompressed: boolean;
}

/** `path` is in place of the entry's name. A name with control characters is no file's that anybody could use. */
export function formatListing(files: Iterable<Omit<ArchiveEntry, "name"> & { readonly path: string }>): ArchiveListing {
  const sections = new Map<string, string[]>();
  for (const { path, position, compressedBytes, bytes, isCompressed } of files) {
    if (path.endsWith("/") || CONTROL.test(path)) continue;
    const end = path.lastIndexOf("/") + 1;
    const fields = [path.slice(end), position, compressedBytes, bytes, Number(isCompressed)];
    const directory = path.slice(0, end);
    const lines = sections.get(directory);
    if (lines === undefined) sections.set(directory, [fields.join("\t")]);
    else lines.push(fields.join("\t"));
  }
  return [...sections].map(([directory, lines]) => `${directory}\n${lines.join("\n")}\0`).join("");
}

/** Each directory with the text about its files. */
export function* splitListing(listing: ArchiveListing): Generator<readonly [directory: string, lines: string]> {
  for (const section of listing.split("\0").slice(0, -1)) {
    const end = section.indexOf("\n");
    yield [section.slice(0, end), section.slice(end + 1)];
  }
}

export function parseFiles(lines: string): ArchiveEntry[] {
  return lines.split("\n").map((line) => {
    const [name = "", position, compressedBytes, bytes, isCompressed] = line.split("\t");
    return {
      name,
      position: Number(position),
      compressedBytes: Number(compressedBytes),
      bytes: Number(bytes),
      isCompressed: isCompressed === "1",
    };
  });
}

const CONTROL = /\p{Cc}/u;
