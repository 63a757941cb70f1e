import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { builtBinary } from "../support/binary.ts";
import { notOnLinux, notRoot, testUnless } from "../support/loud-skip.ts";

setDefaultTimeout(60_000);

const EPERM = 1;
const ENOSYS = 38;
const HINT =
  "\nhint: `woma doctor` says what this machine can enforce; --insecure runs code that you trust without the wall\n";

/** Runs woma where the kernel answers these calls with an error. */
async function runWithout(calls: Readonly<Record<string, number>>, ...words: string[]) {
  const missing = Object.entries(calls).map(([name, errno]) => `${name}=${errno}`);
  const script = join(import.meta.dir, "support/without-calls.ts");
  const child = Bun.spawn([process.execPath, script, missing.join(","), await builtBinary(), ...words], {
    cwd: "/",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { stdout, stderr, exitCode: await child.exited };
}

describe("where the kernel has no seccomp, or a container refuses it", () => {
  for (const [name, errno] of Object.entries({ ENOSYS, EPERM })) {
    testUnless(notOnLinux, `woma refuses, says why, and names --insecure (${name})`, async () => {
      expect(await runWithout({ seccomp: errno }, "-c", "print(6 * 7)")).toEqual({
        stdout: "",
        stderr: `error: Python cannot be confined here: the seccomp filter was refused (errno ${errno})\n${HINT}`,
        exitCode: 126,
      });
    });
  }

  testUnless(notOnLinux, "--insecure runs all the same, with a warning each time", async () => {
    expect(await runWithout({ seccomp: ENOSYS }, "--insecure", "-c", "print(6 * 7)")).toEqual({
      stdout: "42\n",
      stderr:
        "warning: --insecure: no wall is around this program; it can reach all that you can, files and network included\n",
      exitCode: 0,
    });
  });

  testUnless(notOnLinux, "the doctor says so, and exits non-zero", async () => {
    const { stdout, exitCode } = await runWithout({ seccomp: ENOSYS }, "doctor");
    expect(stdout).toContain("\nNO  a cell ");
    expect(stdout).toContain("the seccomp filter was refused (errno 38)");
    expect(stdout).toEndWith("\nThe wall is incomplete: woma runs programs with --insecure only.\n");
    expect(exitCode).toBe(1);
  });
});

describe("where the kernel has no Landlock", () => {
  testUnless(notOnLinux, "seccomp stands alone, and woma runs", async () => {
    const absent = { landlock_create_ruleset: ENOSYS };
    expect(await runWithout(absent, "-c", "print(6 * 7)")).toEqual({ stdout: "42\n", stderr: "", exitCode: 0 });
    const { stdout, exitCode } = await runWithout(absent, "doctor");
    expect(stdout).toContain("\n-   Landlock, a second time");
    expect(stdout).toEndWith("\nThe wall is complete.\n");
    expect(exitCode).toBe(0);
  });

  testUnless(notOnLinux, "one that is there and does not work is no reason to go on without", async () => {
    expect(await runWithout({ landlock_restrict_self: EPERM }, "-c", "print(6 * 7)")).toEqual({
      stdout: "",
      stderr: `error: Python cannot be confined here: the kernel has Landlock and refuses to use it\n${HINT}`,
      exitCode: 126,
    });
  });
});

describe("where the kernel has no openat2", () => {
  testUnless(notOnLinux, "programs run without mounts", async () => {
    const end = await runWithout({ openat2: ENOSYS }, "-c", "print(6 * 7)");
    expect(end).toEqual({ stdout: "42\n", stderr: "", exitCode: 0 });
  });

  testUnless(notOnLinux, "a mount is refused, in words", async () => {
    expect(await runWithout({ openat2: ENOSYS }, "--mount", "/tmp:/data", "-c", "print(6 * 7)")).toEqual({
      stdout: "",
      stderr:
        "error: --mount /tmp:/data: cannot be opened (ENOSYS)\n\nhint: they need openat2(2): Linux 5.6 or later, and a container that lets it through\n",
      exitCode: 2,
    });
  });
});

test("the doctor finds the wall complete here", async () => {
  const child = Bun.spawn([await builtBinary(), "doctor"], { cwd: "/", env: {}, stdout: "pipe", stderr: "pipe" });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  expect(text).toMatch(/^woma on linux \S+, .*\nyes system calls \(seccomp\) +(\d+) of \1 threads: /);
  expect(text).not.toMatch(/^NO /m);
});

describe("the wall is the same", () => {
  testUnless(notRoot, "for a user with no capabilities, and none to be had", async () => {
    const command = [
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      "--bounding-set=-all",
      "--inh-caps=-all",
    ];
    const woma = join("/tmp", `woma-for-nobody-${process.pid}`);
    await copyFile(await builtBinary(), woma);
    try {
      const run = async (...words: string[]) => {
        const child = Bun.spawn([...command, woma, ...words], { cwd: "/", env: {}, stdout: "pipe", stderr: "pipe" });
        return { stdout: await new Response(child.stdout).text(), exitCode: await child.exited };
      };
      expect(await run("-c", "print(6 * 7)")).toEqual({ stdout: "42\n", exitCode: 0 });
      const { stdout, exitCode } = await run("doctor");
      expect(stdout).not.toMatch(/^NO /m);
      expect(stdout).toEndWith("\nThe wall is complete.\n");
      expect(exitCode).toBe(0);
    } finally {
      await unlink(woma);
    }
  });
});
