import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseMount } from "../../src/permissions/parse-mount.ts";
import type { GuestPath } from "../../src/permissions/permissions.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { complaint } from "./complaint.ts";
import { Tree } from "./tree.ts";

let tree: Tree;
beforeAll(async () => {
  tree = await Tree.make();
});
afterAll(() => tree[Symbol.asyncDispose]());

const mountComplaint = (value: string) => complaint(() => parseMount(value, tree.context));

describe("--mount", () => {
  test("puts a directory at another place, writable", () => {
    expect(parseMount("data:/data", tree.context)).toEqual({
      hostPath: tree.host("work/data"),
      guestPath: "/data" as GuestPath,
      access: "read-write",
      kind: "directory",
      grantedBy: "--mount data:/data",
      writableBy: "--mount data:/data",
    });
  });

  test.each([
    [".", "work", "read-write"],
    [".:ro", "work", "read"],
    [".:rw", "work", "read-write"],
    ["~/papers:ro", "home/papers", "read"],
    ["../elsewhere/", "elsewhere", "read-write"],
  ] as const)("%s keeps the user's place", (value, path, access) => {
    expect(parseMount(value, tree.context)).toEqual({
      hostPath: tree.host(path),
      guestPath: tree.guest(path),
      access,
      kind: "directory",
      grantedBy: `--mount ${value}`,
      writableBy: `--allow-write=${tree.guest(path)}`,
    });
  });

  test.each([
    [".:/ro", "/ro", "read-write", "--mount .:/ro"],
    [".:/a:ro", "/a", "read", "--mount .:/a"],
    [".:/a:rw", "/a", "read-write", "--mount .:/a"],
    [".:/a/../b//c/./:ro", "/b/c", "read", "--mount .:/a/../b//c/./"],
    ["table.csv:/tmp/t:ro", "/tmp/t", "read", "--mount table.csv:/tmp/t"],
    ["my data:/my data:ro", "/my data", "read", "--mount 'my data:/my data'"],
    ["/:/host:ro", "/host", "read", "--mount /:/host"],
    ["/usr/bin:/programs:ro", "/programs", "read", "--mount /usr/bin:/programs"],
    [".:/tmp", "/tmp", "read-write", "--mount .:/tmp"],
    [".:/home/woma", "/home/woma", "read-write", "--mount .:/home/woma"],
    [".:/usr/share", "/usr/share", "read-write", "--mount .:/usr/share"],
    [".:/lib64", "/lib64", "read-write", "--mount .:/lib64"],
  ])("%s is at %s", (value, guestPath, access, writableBy) => {
    const mount = parseMount(value, tree.context);
    expect<unknown[]>([mount.guestPath, mount.access, mount.writableBy]).toEqual([guestPath, access, writableBy]);
  });

  test("shows a file as a file, through a link too", () => {
    expect(parseMount("table.csv", tree.context).kind).toBe("file");
    expect(parseMount("link:/data", tree.context).hostPath).toBe(tree.host("elsewhere/inner"));
  });
});

describe("--mount is refused when it is", () => {
  const form = "--mount takes HOST[:GUEST][:ro|rw], for example --mount data:/data:ro";
  const spelling = "check the spelling; for a file that is yet to be made, grant its directory";

  test.each([
    ["", "--mount '': nothing where a path should be", form],
    [":", "--mount ':': nothing where a path should be", form],
    ["::", "--mount '::': nothing where a path should be", form],
    [":/data", "--mount :/data: nothing where a path should be", form],
    [":ro", "--mount :ro: nothing where a path should be", form],
    ["data:", "--mount 'data:': the program's path must be absolute, not ''", form],
    ["data::ro", "--mount data::ro: the program's path must be absolute, not ''", form],
    ["data:here", "--mount data:here: the program's path must be absolute, not here", form],
    ["data:~/x", "--mount data:~/x: the program's path must be absolute, not ~/x", form],
    ["data:RO", "--mount data:RO: the program's path must be absolute, not RO", form],
    ["data:ro:ro", "--mount data:ro:ro: the program's path must be absolute, not ro", form],
    ["data:/x:wr", "--mount data:/x:wr: the access is ro or rw, not wr", form],
    ["data:/x:", "--mount 'data:/x:': the access is ro or rw, not ''", form],
    ["data:/x:__proto__", "--mount data:/x:__proto__: the access is ro or rw, not __proto__", form],
    ["a:b:c:d", "--mount a:b:c:d: more than two colons", `${form}; no path in it can have a colon`],
    ["co:lon", "--mount co:lon: no such file or directory", spelling],
    ["nowhere:ro", "--mount nowhere:ro: no such file or directory", spelling],
    ["data,table.csv", "--mount data,table.csv: no such file or directory", spelling],
    ["da\0ta:/x", "--mount $'da\\x00ta:/x': a NUL character in a path", "no path can hold one"],
    ["data:/x\0", "--mount $'data:/x\\x00': a NUL character in a path", "no path can hold one"],
    ["/dev/null:/x", "--mount /dev/null:/x: a device, neither a file nor a directory", "grant a file or a directory"],
  ])("%j", (value, message, hint) => {
    expect(mountComplaint(value)).toBe(`error: ${message}\n\nhint: ${hint}\n`);
  });

  test.each([
    ["data:/", "/dev", "data:/host"],
    ["data:/..", "/dev", "data:/host"],
    ["data:/lib:ro", "/lib", "data:/host/lib:ro"],
    ["data:/x/../lib/python3.14", "/lib", "data:/host/lib/python3.14"],
    ["data:/proc", "/proc", "data:/host/proc"],
    ["data:/sys/x", "/sys", "data:/host/sys/x"],
    ["data:/dev/shm", "/dev", "data:/host/dev/shm"],
    ["my data:/usr", "/usr/bin", "'my data:/host/usr'"],
  ])("at the interpreter's own: %s", (value, place, elsewhere) => {
    expect(mountComplaint(value)).toContain(`: clashes with the interpreter's own ${place}\n`);
    expect(mountComplaint(value)).toEndWith(`\n\nhint: --mount ${elsewhere} puts it elsewhere\n`);
  });

  testUnless(notOnLinux, "what the kernel makes, wherever it is to be", async () => {
    expect(mountComplaint("/proc/self:/x:ro")).toBe(
      "error: --mount /proc/self:/x:ro: what the kernel shows in /proc and /sys is never granted\n\n" +
        "hint: copy it to a file first\n",
    );
  });

  test("a relative path from a place of the interpreter's own, and the hint is to be had", () => {
    const context = { ...tree.context, workingDirectory: "/usr/bin" };
    expect(complaint(() => parseMount(".", context))).toBe(
      "error: --mount .: clashes with the interpreter's own /usr/bin\n\nhint: --mount .:/host/usr/bin puts it elsewhere\n",
    );
    expect(parseMount(".:/host/usr/bin", context).guestPath as string).toBe("/host/usr/bin");
  });
});
