import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { copyFile, cp, readFile, symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import { type Target, targets } from "../scripts/targets.ts";
import { builtBinary, corePolicy } from "./support/binary.ts";
import { notOnLinux, testUnless } from "./support/loud-skip.ts";
import { scratchDirectory } from "./support/woma.ts";

const ROOT = join(import.meta.dir, "..");
const MINUTES = 60_000;
/** An emulator is registered with the kernel, which not every machine lets anyone do: then this is no skip. */
const cannotRunArm = notOnLinux ?? (await armObstacle());
if (cannotRunArm !== undefined) console.error(`NOT RUN: the arm64 executable under qemu: ${cannotRunArm}`);

describe("npm run build -- --target", () => {
  // The first 20 bytes of each platform's executables, in hexadecimal: the format, then the machine.
  const kinds: Record<Target, RegExp> = {
    "linux-x64": /^7f454c4602(..){13}3e00/,
    "linux-arm64": /^7f454c4602(..){13}b700/,
    "darwin-arm64": /^cffaedfe0c000001/,
    "darwin-x64": /^cffaedfe07000001/,
    "windows-x64": /^4d5a/,
  };
  for (const target of targets) {
    test(
      `makes an executable for ${target}`,
      async () => {
        const binary = await build(ROOT, target);
        expect(binary.subarray(0, 20).toString("hex")).toMatch(kinds[target]);
        expect(binary.includes("WOMA_COMPILED")).toBe(false);
      },
      5 * MINUTES,
    );
  }
});

describe("the executable", () => {
  test(
    "has the same bytes when the same sources lie elsewhere",
    async () => {
      await using elsewhere = await scratchDirectory();
      await copyCheckout(elsewhere.path);
      const here = await readFile(await builtBinary());
      expect(Bun.hash(await build(elsewhere.path))).toBe(Bun.hash(here));
    },
    5 * MINUTES,
  );

  test("names no path of the machine that built it", async () => {
    expect((await readFile(await builtBinary())).includes(ROOT)).toBe(false);
  });

  testUnless(notOnLinux, "is one file: alone in a directory, without HOME and PATH, it runs", async () => {
    await using alone = await scratchDirectory();
    const copy = join(alone.path, "w");
    await copyFile(await builtBinary(), copy);
    const child = Bun.spawn([copy, "-c", "import sqlite3, zoneinfo, json; print('runs')"], {
      cwd: alone.path,
      env: {},
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await outputs(child)).toEqual({ stdout: "runs\n", stderr: "", exitCode: 0 });
    await unlink(copy);
    expect([...new Bun.Glob("**").scanSync({ cwd: alone.path, dot: true, onlyFiles: false })]).toEqual([]);
  });

  test("loads no .env, bunfig.toml, tsconfig.json or package.json from the current directory", async () => {
    await using trap = await scratchDirectory();
    await Bun.write(join(trap.path, ".env"), "NO_COLOR=from-dot-env\nWOMA_CACHE=/proc/from-dot-env\n");
    await Bun.write(join(trap.path, "bunfig.toml"), 'preload = ["./preload.ts"]\n');
    await Bun.write(join(trap.path, "preload.ts"), 'console.log("PRELOADED");\n');
    await Bun.write(join(trap.path, "tsconfig.json"), "{ not json");
    await Bun.write(join(trap.path, "package.json"), "{ not json");
    const child = Bun.spawn([await builtBinary(), "-c", "import os; print(os.environ.get('NO_COLOR'))"], {
      cwd: trap.path,
      env: { HOME: trap.path },
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await outputs(child)).toEqual({ stdout: "None\n", stderr: "", exitCode: 0 });
  });

  test.if(cannotRunArm === undefined)(
    "runs Python on arm64, under qemu, which has no seccomp: with --insecure only",
    async () => {
      await build(ROOT, "linux-arm64");
      const run = (...words: string[]) =>
        outputs(
          Bun.spawn([join(ROOT, "woma-linux-arm64"), ...words, "-c", "import platform; print(6 * 7)"], {
            env: {},
            stdout: "pipe",
            stderr: "pipe",
          }),
        );
      expect(await run()).toEqual({
        stdout: "",
        stderr: `error: Python cannot be confined here: the seccomp filter was refused (errno 38)

hint: \`woma doctor\` says what this machine can enforce; --insecure runs code that you trust without the wall
`,
        exitCode: 126,
      });
      expect(await run("--insecure")).toEqual({
        stdout: "42\n",
        stderr:
          "warning: --insecure: no wall is around this program; it can reach all that you can, files and network included\n",
        exitCode: 0,
      });
    },
    5 * MINUTES,
  );
});

/** Why this machine cannot run a dynamically linked arm64 program, with its children, by itself. */
async function armObstacle(): Promise<string | undefined> {
  const registered = await Bun.file("/proc/sys/fs/binfmt_misc/qemu-aarch64").exists();
  const loader = await Bun.file("/lib/ld-linux-aarch64.so.1").exists();
  return registered && loader ? undefined : "needs binfmt_misc with qemu-aarch64, and arm64's libc";
}

async function build(root: string, target?: Target): Promise<Buffer> {
  const words = [...corePolicy, ...(target === undefined ? [] : ["--target", target])];
  const child = Bun.spawn([process.execPath, "scripts/build.ts", ...words], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
  });
  const { stdout, stderr, exitCode } = await outputs(child);
  if (exitCode !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
  return readFile(stdout.split("\n")[0] ?? "");
}

/** The sources, with what has been fetched for them, as another checkout would have it. */
async function copyCheckout(to: string): Promise<void> {
  for (const name of ["src", "scripts", "package.json", "tsconfig.json"]) {
    await cp(join(ROOT, name), join(to, name), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(to, "node_modules"));
  for (const fetched of ["bun", "wheels"].filter((name) => existsSync(join(ROOT, ".build", name)))) {
    await cp(join(ROOT, ".build", fetched), join(to, ".build", fetched), { recursive: true });
  }
}

async function outputs(child: Bun.Subprocess<"ignore", "pipe", "pipe">) {
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { stdout, stderr, exitCode: await child.exited };
}
