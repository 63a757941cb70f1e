import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "./woma.ts";

const ROOT = join(import.meta.dir, "../..");

/** A copy of this checkout's sources, with what a build would fetch, and a HOME of its own. */
export class CheckoutCopy implements AsyncDisposable {
  private constructor(
    readonly root: string,
    readonly home: string,
    private readonly remove: () => PromiseLike<void>,
  ) {}

  static async make(): Promise<CheckoutCopy> {
    const scratch = await scratchDirectory();
    const [root, home] = [join(scratch.path, "checkout"), join(scratch.path, "home")];
    for (const directory of [root, home, join(root, ".build")]) mkdirSync(directory);
    for (const name of ["src", "scripts", "package.json", "tsconfig.json", "bunfig.toml"])
      if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(root, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"), "dir");
    // All that is derived or fetched may be shared: it is checked by its hash and replaced by a rename.
    const kept = existsSync(join(ROOT, ".build")) ? readdirSync(join(ROOT, ".build")) : [];
    for (const name of kept.filter((name) => /^(?:wheels|core-|stdlib-)/.test(name)))
      symlinkSync(join(ROOT, ".build", name), join(root, ".build", name));
    return new CheckoutCopy(root, home, () => scratch[Symbol.asyncDispose]());
  }

  /** Runs woma from source, as `bun src/index.ts` does, in HOME. */
  async run(args: readonly string[], env: Record<string, string> = {}) {
    const child = Bun.spawn([process.execPath, join(this.root, "src/index.ts"), ...args], {
      cwd: this.home,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.home, ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { stdout, stderr, exitCode: await child.exited };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }
}
