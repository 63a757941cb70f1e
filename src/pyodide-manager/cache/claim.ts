import { closeSync, fstatSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkMembers } from "../archive/verify.ts";
import type { DownloadContext } from "../download/download-context.ts";
import { sleep } from "../download/http-download.ts";
import { USUAL_PATIENCE } from "../download/patience.ts";
import type { PackageFile } from "../package-file.ts";
import type { Cache } from "./cache.ts";
import { describeFileError } from "./cache-error.ts";
import { isOutOfReach, readVerified } from "./cached-wheel.ts";
import { FileCalls } from "./file-calls.ts";
import { FolderFault } from "./folder.ts";
import { moveIntoPlace } from "./move-into-place.ts";
import { type OpenWheel, openWheelFile } from "./open-wheel.ts";
import { PartialFile } from "./partial-file.ts";
import { PartialPlace } from "./partial-place.ts";

/** The sole right to download a file into a place. Whoever has it ends it by `settle`, `keep` or `drop`. */
export interface Claim {
  readonly partial: PartialFile;
  /** Nothing of it is kept after this run. */
  readonly isTemporary: boolean;
  /** In messages. */
  readonly directory: string;
  /** The partial file is whole and has the right hash: a wheel from now on. Throws UnsafeWheelError. */
  settle(): Promise<OpenWheel>;
  /** What has come waits for the next attempt, of whatever process. */
  keep(): void;
  /** What has come is of no use. */
  drop(): void;
}

/**
 * Claims a file's place in the cache; where another process is at it, waits for that and takes what it has got. Without
 * a cache that can be written, a temporary file without a name.
 */
export async function claim(file: PackageFile, context: DownloadContext): Promise<Claim | OpenWheel> {
  const { cache } = context;
  if (cache?.writable) {
    try {
      const claimed = await claimInCache(cache, file, context);
      if (claimed !== "stuck") return claimed;
    } catch (error) {
      const isOfSystem = typeof (error as NodeJS.ErrnoException).code === "string";
      if (!isOfSystem && !(error instanceof FolderFault)) throw error;
      noteUnkept(context, cache, error instanceof FolderFault ? error.message : describeFileError(error));
    }
  } else if (cache !== null) {
    noteUnkept(context, cache, "it cannot be written");
  }
  return claimTemporary(file);
}

function noteUnkept({ run, progress }: DownloadContext, cache: Cache, reason: string): void {
  // That has been told.
  if ([...cache.faults.values()].includes(reason)) return;
  run.tellOnce(progress, `the cache ${cache.directory} keeps nothing of what is fetched: ${reason}`);
}

/** How often is looked whether another process has done its work. */
const POLLED_EVERY_MS = 50;

/** "stuck": another process has it and does not get on. */
async function claimInCache(
  cache: Cache,
  file: PackageFile,
  context: DownloadContext,
): Promise<Claim | OpenWheel | "stuck"> {
  const { progress, settings, signal, patience = USUAL_PATIENCE } = context;
  const place = new PartialPlace(cache.directory, file.sha256, file.bytes ?? settings.maximumDownloadBytes);
  let [size, since] = [-1, performance.now()];
  while (true) {
    const fd = place.open();
    const isOurs = cache.calls.lockAlone(fd) && place.has(fd);
    const found = cache.find(file, (text) => progress.note(text));
    if (found !== null) {
      if (isOurs) place.remove();
      closeSync(fd);
      return found;
    }
    if (isOurs) return new CacheClaim(cache, file, context, place, new PartialFile(fd, cache.calls));
    const { size: sizeNow } = fstatSync(fd);
    closeSync(fd);
    if (sizeNow !== size) {
      [size, since] = [sizeNow, performance.now()];
      progress.received(file, size, file.bytes);
    }
    // It asks its servers as patiently as this process would.
    if (performance.now() - since > patience.stallMs * patience.stalledAttempts) return "stuck";
    await sleep(POLLED_EVERY_MS, signal);
  }
}

class CacheClaim implements Claim {
  readonly isTemporary = false;
  readonly directory: string;

  constructor(
    private readonly cache: Cache,
    private readonly file: PackageFile,
    private readonly context: DownloadContext,
    private readonly place: PartialPlace,
    readonly partial: PartialFile,
  ) {
    this.directory = cache.directory;
  }

  async settle(): Promise<OpenWheel> {
    const { cache, file, partial } = this;
    await partial.sync();
    const wheel = openNew(file, partial);
    const problem = await moveIntoPlace(cache.directory, this.place.name, file);
    if (problem !== null) {
      this.place.remove();
      noteUnkept(this.context, cache, problem);
    }
    if (isOutOfReach(cache, file, partial.fd)) {
      cache.calls.lockShared(partial.fd);
      return wheel;
    }
    const verified = readVerified(file, partial.fd);
    partial.close();
    return verified;
  }

  keep(): void {
    if (this.partial.bytes === 0) this.place.remove();
    this.partial.close();
  }

  drop(): void {
    this.place.remove();
    this.partial.close();
  }
}

/** What an index has is looked through; what the lock has a hash of, when it is mounted. Throws UnsafeWheelError. */
function openNew(file: PackageFile, { fd, bytes }: PartialFile): OpenWheel {
  const wheel = openWheelFile(file, fd, bytes);
  if (file.origin === "index") checkMembers(file, wheel.entries, bytes);
  return wheel;
}

/** A place without a name, which is gone when it is closed. Throws a system error. */
export function claimTemporary(file: PackageFile): Claim {
  const directory = tmpdir();
  const path = join(directory, `woma-${crypto.randomUUID()}.part`);
  const partial = new PartialFile(openSync(path, "wx+", 0o600), new FileCalls());
  // From here on it is gone when the descriptor is closed.
  rmSync(path, { force: true });
  return {
    partial,
    isTemporary: true,
    directory,
    settle: async () => openNew(file, partial),
    keep: () => partial.close(),
    drop: () => partial.close(),
  };
}
