import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Neighbours } from "../../../src/broker/kernel/neighbours.ts";
import { notOnLinux, notRoot, testUnless } from "../../support/loud-skip.ts";
import { asNobody } from "../../support/privileges.ts";
import { scratchDirectory } from "../../support/woma.ts";

let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
let root: string;

/** A project, and beside it what it must not reach. */
beforeAll(async () => {
  scratch = await scratchDirectory();
  root = join(scratch.path, "project");
  const files: Record<string, string> = {
    "outside/secret.py": "secret",
    "outside/package/__init__.py": "secret",
    "project/tool.py": "tool",
    "project/package/__init__.py": "package",
    "project/package/part.py": "part",
    "project/package/data/table.csv": "a,b",
    "project/package/with space.txt": "spaced",
    "project/package/.env": "secret",
    "project/package/.git/config": "secret",
    "project/both.py": "module",
    "project/both/__init__.py": "both",
    "project/namespace/inner.py": "inner",
    "project/empty.py": "",
    "project/größe.py": "größe",
    "project/数据.py": "数据",
    "project/_private.py": "private",
    "project/with-dash.py": "refused",
    "project/1st.py": "refused",
    "project/notes.txt": "notes",
    "project/upper.PY": "refused",
    "project/json.py": "shadows",
    "project/asyncio/__init__.py": "shadows",
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(scratch.path, name, ".."), { recursive: true });
    writeFileSync(join(scratch.path, name), content);
  }
  mkdirSync(join(root, "directory.py"));
  symlinkSync(join(root, "tool.py"), join(root, "inside.py"));
  symlinkSync("package", join(root, "inside_package"));
  symlinkSync(join(scratch.path, "outside/secret.py"), join(root, "outside.py"));
  symlinkSync("../outside/package", join(root, "outside_package"));
  symlinkSync(scratch.path, join(root, "outside_namespace"));
  symlinkSync("../../outside/secret.py", join(root, "package/outside.csv"));
  symlinkSync("../../../outside", join(root, "package/data/outside"));
  symlinkSync("no-such-file", join(root, "dangling.py"));
  symlinkSync("circle.py", join(root, "circle.py"));
});

afterAll(() => scratch[Symbol.asyncDispose]());

const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));
const NONE = { kind: "none", source: "" };

function module(name: string, neighbours = new Neighbours(root)) {
  const { reply, bytes } = neighbours.module(name);
  return { ...reply, source: text(bytes) };
}
const resource = (packageName: string, path: string) => text(new Neighbours(root).resource(packageName, path));

describe("a module beside the script", () => {
  test.each([
    ["tool", "module", "tool.py", "tool"],
    ["package", "package", "package/__init__.py", "package"],
    ["package.part", "module", "package/part.py", "part"],
    ["both", "package", "both/__init__.py", "both"],
    ["namespace", "namespace", "namespace", ""],
    ["namespace.inner", "module", "namespace/inner.py", "inner"],
    ["package.data", "namespace", "package/data", ""],
    ["empty", "module", "empty.py", ""],
    ["größe", "module", "größe.py", "größe"],
    ["数据", "module", "数据.py", "数据"],
    ["_private", "module", "_private.py", "private"],
    ["inside", "module", "inside.py", "tool"],
    ["inside_package", "package", "inside_package/__init__.py", "package"],
    ["inside_package.part", "module", "inside_package/part.py", "part"],
  ] as const)("is found by its name: %s", (name, kind, path, source) => {
    expect(module(name)).toEqual({ kind, path: join(root, path), source } as ReturnType<typeof module>);
  });

  test.each([
    "missing",
    "missing.part",
    "tool.part",
    "package.missing",
    "notes",
    "upper",
    "directory.py",
    "with-dash",
    "1st",
    "",
    ".",
    "..",
    ".tool",
    "tool.",
    "package..part",
    "..outside.secret",
    "package...outside.secret",
    "/tool",
    "package/part",
    "../outside/secret",
    "./tool",
    "package\\part",
    "/etc/passwd",
    "tool\0",
    "tool\0.py",
    "tool.py",
    "tool\n",
    " tool",
    "to ol",
    "*",
    "tool?",
    "~",
    "C:tool",
    "outside",
    "outside_package",
    "outside_namespace",
    "outside_namespace.outside.secret",
    "dangling",
    "circle",
    "a".repeat(300),
    `tool${".tool".repeat(800)}`,
  ])("is not found, and nothing tells why: %j", (name) => {
    expect(module(name)).toEqual(NONE as ReturnType<typeof module>);
  });

  test("is found when the directory is named by a link, or holds the whole disk", () => {
    const link = join(scratch.path, "link");
    symlinkSync(root, link);
    expect(module("tool", new Neighbours(link))).toMatchObject({ kind: "module", source: "tool" });
    expect(module("outside", new Neighbours(link))).toEqual(NONE as ReturnType<typeof module>);
    const fromRoot = [...root.slice(1).split("/"), "tool"].join(".");
    if (!fromRoot.includes("-")) expect(module(fromRoot, new Neighbours("/"))).toMatchObject({ source: "tool" });
  });

  test("is not found in a directory whose name only begins the same", () => {
    mkdirSync(`${root}_other`, { recursive: true });
    writeFileSync(`${root}_other/secret.py`, "secret");
    symlinkSync(`${root}_other/secret.py`, join(root, "begins_the_same.py"));
    expect(module("begins_the_same")).toEqual(NONE as ReturnType<typeof module>);
  });
});

describe("a package's data", () => {
  test.each([
    ["package", "data/table.csv", "a,b"],
    ["package.data", "table.csv", "a,b"],
    ["package", "with space.txt", "spaced"],
    ["package", "part.py", "part"],
    ["inside_package", "data/table.csv", "a,b"],
    ["namespace", "inner.py", "inner"],
  ])("is found by package and path: %s %s", (packageName, path, content) => {
    expect(resource(packageName, path)).toBe(content);
  });

  test.each([
    ["package", "missing.csv"],
    ["package", "data"],
    ["package", ""],
    ["package", "."],
    ["package", ".."],
    ["package", ".env"],
    ["package", ".git/config"],
    ["package", "../tool.py"],
    ["package", "data/../part.py"],
    ["package", "data//table.csv"],
    ["package", "./part.py"],
    ["package", "/etc/passwd"],
    ["package", "part.py/"],
    ["package", "part.py\0"],
    ["package", "outside.csv"],
    ["package", "data/outside/secret.py"],
    ["", "tool.py"],
    [".", "tool.py"],
    ["..", "outside/secret.py"],
    ["../outside", "secret.py"],
    ["outside_package", "__init__.py"],
    ["outside_namespace", "outside/secret.py"],
    ["missing", "table.csv"],
    ["tool", "table.csv"],
    ["with-dash", "x"],
  ])("is not found, and nothing tells why: %j %j", (packageName, path) => {
    expect(resource(packageName, path)).toBeNull();
  });
});

describe("what is no regular file, or cannot be read", () => {
  testUnless(notOnLinux, "a FIFO does not stop the broker", async () => {
    for (const name of ["fifo.py", "package/fifo.csv"]) Bun.spawnSync(["mkfifo", join(root, name)]);
    expect(module("fifo")).toEqual(NONE as ReturnType<typeof module>);
    expect(resource("package", "fifo.csv")).toBeNull();
  });

  testUnless(notRoot, "a device is not read", async () => {
    for (const name of ["device.py", "package/device.csv"]) {
      const made = Bun.spawnSync(["mknod", join(root, name), "c", "1", "5"]);
      if (!made.success) throw new Error(made.stderr.toString());
    }
    expect(module("device")).toEqual(NONE as ReturnType<typeof module>);
    expect(resource("package", "device.csv")).toBeNull();
  });

  testUnless(notOnLinux, "what a link leads to outside is not even opened", async () => {
    const fifo = join(scratch.path, "outside/fifo");
    Bun.spawnSync(["mkfifo", fifo]);
    symlinkSync(fifo, join(root, "leads_to_fifo.py"));
    // A writer waits until somebody opens the FIFO.
    const writer = Bun.spawn(["sh", "-c", 'echo x > "$0"', fifo]);
    await Bun.sleep(200);
    expect(module("leads_to_fifo")).toEqual(NONE as ReturnType<typeof module>);
    await Bun.sleep(200);
    expect([writer.exitCode, writer.signalCode]).toEqual([null, null]);
    writer.kill();
  });

  testUnless(notOnLinux, "a link that is changed meanwhile gives nothing from outside", async () => {
    const [link, next] = [join(root, "race.py"), join(root, "race.next")];
    const targets = JSON.stringify([join(root, "tool.py"), join(scratch.path, "outside/secret.py")]);
    const swap = `
      const { renameSync, symlinkSync } = require("node:fs");
      for (let round = 0; ; round++) {
        symlinkSync(${targets}[round % 2], ${JSON.stringify(next)});
        renameSync(${JSON.stringify(next)}, ${JSON.stringify(link)});
      }`;
    const swapper = Bun.spawn([process.execPath, "-e", swap]);
    const sources = new Set<string | null>();
    const end = Date.now() + 1500;
    while (Date.now() < end) sources.add(module("race").source);
    swapper.kill();
    await swapper.exited;
    expect([...sources].sort()).toEqual(["", "tool"]);
  });

  test("a link to a device or to the process's own files is not followed", () => {
    for (const [index, target] of ["/dev/zero", "/dev/stdin", "/proc/self/environ", "/proc/self/fd/0"].entries()) {
      symlinkSync(target, join(root, `special${index}.py`));
      expect(module(`special${index}`)).toEqual(NONE as ReturnType<typeof module>);
    }
  });

  testUnless(notOnLinux, "a file without permission looks as if it were missing", async () => {
    const path = join(root, "unreadable.py");
    writeFileSync(path, "secret");
    chmodSync(path, 0);
    for (const directory of [scratch.path, root]) chmodSync(directory, 0o755);
    const found = asNobody(() => module("unreadable"));
    expect(found).toEqual(NONE as ReturnType<typeof module>);
  });

  testUnless(notOnLinux, "a directory without permission looks as if it were missing", async () => {
    mkdirSync(join(root, "closed"));
    writeFileSync(join(root, "closed/__init__.py"), "secret");
    chmodSync(join(root, "closed"), 0o000);
    chmodSync(scratch.path, 0o755);
    const [found, below] = asNobody(() => [module("closed.inner"), resource("closed", "__init__.py")] as const);
    chmodSync(join(root, "closed"), 0o755);
    expect(found).toEqual(NONE as ReturnType<typeof module>);
    expect(below).toBeNull();
  });
});

describe("one run's imports", () => {
  test("may read 5000 files and no more; then all looks as if it were missing", () => {
    const neighbours = new Neighbours(root);
    for (let file = 0; file < 5000; file++) {
      if (neighbours.module("tool").reply.kind !== "module") throw new Error(`file ${file} was refused`);
    }
    expect(module("tool", neighbours)).toEqual(NONE as ReturnType<typeof module>);
    expect(neighbours.resource("package", "part.py")).toBeNull();
  });

  test("may read 256 MB and no more, and a smaller file still after a larger was refused", () => {
    const megabytes = 1024 * 1024;
    for (const [name, size] of [
      ["large.py", 200 * megabytes],
      ["larger.py", 257 * megabytes],
      ["half.py", 100 * megabytes],
    ] as const) {
      writeFileSync(join(root, name), "");
      truncateSync(join(root, name), size);
    }
    const neighbours = new Neighbours(root);
    const kinds = ["larger", "large", "half", "tool"].map((name) => neighbours.module(name).reply.kind);
    expect(kinds).toEqual(["none", "module", "none", "module"]);
  });
});

test("only the preloaded modules' names that are there are listed, of files and of packages", () => {
  expect(new Neighbours(root).topLevelNames().sort()).toEqual(["asyncio", "json"]);
});
