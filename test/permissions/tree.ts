import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GuestPath, HostPath, Mount, PathContext } from "../../src/permissions/permissions.ts";
import { scratchDirectory } from "../support/woma.ts";

/** A directory to grant things from: `work`, where the user is, `home`, and `elsewhere`, with links between them. */
export class Tree implements AsyncDisposable {
  readonly context: PathContext;

  private constructor(private readonly scratch: AsyncDisposable & { readonly path: string }) {
    const root = scratch.path;
    this.context = { workingDirectory: join(root, "work"), home: join(root, "home") };
    for (const directory of ["work/data", "work/a,b", "work/my data", "home/papers", "elsewhere/inner"])
      mkdirSync(join(root, directory), { recursive: true });
    for (const file of ["work/table.csv", "work/~", "work/co:lon", "work/two\nlines", "elsewhere/secret"])
      writeFileSync(join(root, file), "");
    symlinkSync(join(root, "elsewhere/inner"), join(root, "work/link"));
    symlinkSync("nowhere", join(root, "work/dangling"));
    symlinkSync("circle", join(root, "work/circle"));
    symlinkSync("/proc/self", join(root, "work/process"));
  }

  static async make(): Promise<Tree> {
    return new Tree(await scratchDirectory());
  }

  host(path: string): HostPath {
    return join(this.scratch.path, path) as HostPath;
  }

  guest(path: string): GuestPath {
    return join(this.scratch.path, path) as GuestPath;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scratch[Symbol.asyncDispose]();
  }
}

/** A mount that need not be there. Its host path is the guest path below /srv. */
export function mountAt(guestPath: string, fields: Partial<Mount> = {}): Mount {
  return {
    hostPath: `/srv${guestPath}` as HostPath,
    guestPath: guestPath as GuestPath,
    access: "read",
    kind: "directory",
    grantedBy: `--mount /srv${guestPath}:${guestPath}:ro`,
    writableBy: `--mount /srv${guestPath}:${guestPath}`,
    ...fields,
  };
}
