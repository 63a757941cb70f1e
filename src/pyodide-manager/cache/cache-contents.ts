import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { faultOfFolder, inFolder } from "./folder.ts";

export interface CachedWheel {
  readonly sha256: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly lastUsed: Date;
}

const HASH = "[0-9a-f]{64}";
/** What is not whole yet has the number of its process after it, and perhaps a random one. */
const UNFINISHED = "(?:\\.[0-9]+(?:\\.[0-9a-f-]{36})?)?";

/** Everything that woma keeps in a cache, and the names that it gives there; what else lies there is the user's. */
export const OWN_NAMES = {
  snapshots: new RegExp(`^[0-9a-f]{4,64}${UNFINISHED}$`),
  "wheels-v1": new RegExp(`^${HASH}$`),
  "bytecode-v1": new RegExp(`^${HASH}\\.zip${UNFINISHED}$`),
  "partial-v1": new RegExp(`^(?:${HASH}\\.(?:part|lock)|archive-[A-Za-z0-9]{6})$`),
  "unreachable-v1": new RegExp(`^${HASH}${UNFINISHED}$`),
  "index-v1": new RegExp(`^${HASH}${UNFINISHED}$`),
  "resolutions-v1": new RegExp(`^(?:${HASH}|instead-of-lock)\\.json${UNFINISHED}$`),
  "removed-v1": /^[0-9]+-[0-9a-f-]{36}$/,
} as const;

export type Part = keyof typeof OWN_NAMES;

export const PARTS = Object.keys(OWN_NAMES) as readonly Part[];

/** Of a build of woma, in `bytecode-v1/`. */
export const BUILD_NAME = /^[0-9A-Za-z.+-]{1,64}$/;

/** The parts that cannot be used, and why: `its wheels-v1 is a link`. */
export function faultsOf(directory: string): ReadonlyMap<Part, string> {
  return new Map(
    PARTS.flatMap((part) => {
      const fault = faultOfFolder(directory, part);
      return fault === null ? [] : [[part, fault] as const];
    }),
  );
}

/** Ordered by file name. */
export function listWheels(directory: string): readonly CachedWheel[] {
  const wheels = ownNamesIn(directory, "wheels-v1").flatMap((sha256) => {
    const place = join(directory, "wheels-v1", sha256);
    const lastUsed = lstatSync(place, { throwIfNoEntry: false })?.mtime ?? new Date(0);
    return namesIn(directory, "wheels-v1", sha256).flatMap((fileName) => {
      const bytes = lstatSync(join(place, fileName), { throwIfNoEntry: false })?.size;
      return bytes === undefined ? [] : [{ sha256, fileName, bytes, lastUsed }];
    });
  });
  return wheels.sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
}

/** In bytes, as the files' lengths say. */
export function sizeOf(directory: string): number {
  return PARTS.reduce((sum, part) => sum + sizeBelow(join(directory, part)), 0);
}

/** What is removed meanwhile, or cannot be looked into, counts nothing; a link is as long as its text. */
export function sizeBelow(path: string): number {
  try {
    const status = lstatSync(path);
    if (!status.isDirectory()) return status.size;
    return readdirSync(path).reduce((sum, name) => sum + sizeBelow(join(path, name)), 0);
  } catch {
    return 0;
  }
}

export function ownNamesIn(directory: string, part: Part): readonly string[] {
  return namesIn(directory, part).filter((name) => OWN_NAMES[part].test(name));
}

/** Empty for what is no directory, or cannot be looked into; no link is followed. */
export function namesIn(cacheDirectory: string, ...names: readonly string[]): readonly string[] {
  try {
    return inFolder(cacheDirectory, names, "reading", ({ path }) => readdirSync(path));
  } catch {
    return [];
  }
}
