import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CheckoutCopy } from "./support/checkout.ts";
import { testUnless } from "./support/loud-skip.ts";
import { cannotMount, mountSmall } from "./support/privileges.ts";

const PRINT = ["-c", "print(42)"];
const NOTE = /^woma: no snapshot fits this build; Python started from nothing, in \d+ ms\n$/;
const HINT =
  "hint: name another directory with --pyodide-cache or WOMA_CACHE; without one, woma keeps nothing between runs";

let checkout: CheckoutCopy;
let first: Awaited<ReturnType<CheckoutCopy["run"]>>;

beforeAll(async () => {
  checkout = await CheckoutCopy.make();
  first = await checkout.run(PRINT);
}, 180_000);

afterAll(() => checkout[Symbol.asyncDispose]());

const snapshots = (directory = join(checkout.home, ".pyodide-env")) =>
  readdirSync(join(directory, "snapshots")).map((name) => join(directory, "snapshots", name));
const onlySnapshot = () => {
  const [path, ...others] = snapshots();
  expect(others).toEqual([]);
  return path ?? "";
};

describe("a checkout", () => {
  test("prepares its interpreter on its first run, and says so", () => {
    const { stdout, stderr, exitCode } = first;
    expect({ stdout, exitCode }).toEqual({ stdout: "42\n", exitCode: 0 });
    expect(stderr).toStartWith("woma: preparing this checkout's interpreter (once) ...\n");
    expect(stderr).not.toContain("no snapshot");
  });

  test("runs from its snapshot from then on, without a word", async () => {
    expect(await checkout.run(PRINT)).toEqual({ stdout: "42\n", stderr: "", exitCode: 0 });
    expect(onlySnapshot()).toMatch(/\/snapshots\/[0-9a-f]{64}$/);
  });

  test("keeps its snapshot where WOMA_CACHE or --pyodide-cache say, the home directory as ~", async () => {
    const byVariable = await checkout.run(PRINT, { WOMA_CACHE: "~/by-variable" });
    expect(byVariable).toEqual({ stdout: "42\n", stderr: "", exitCode: 0 });
    const byOption = await checkout.run(["--pyodide-cache=~/by-option", ...PRINT], { WOMA_CACHE: "/dev/null" });
    expect(byOption).toEqual({ stdout: "42\n", stderr: "", exitCode: 0 });
    for (const name of ["by-variable", "by-option"]) expect(snapshots(join(checkout.home, name))).toHaveLength(1);
  });
});

describe("a snapshot that is damaged costs a note and time, nothing else:", () => {
  test.each([
    ["cut off", (path: string) => truncateSync(path, 1_000_000)],
    ["empty", (path: string) => truncateSync(path, 0)],
    ["other bytes", (path: string) => writeFileSync(path, "no snapshot")],
    ["a byte of its header flipped", (path: string) => flip(path, 200)],
    ["a byte of its memory flipped", (path: string) => flip(path, 5_000_000)],
    ["a directory in its place", replaceByDirectory],
  ])("%s", async (_, damage) => {
    const path = onlySnapshot();
    const good = readFileSync(path);
    damage(path);
    const { stdout, stderr, exitCode } = await checkout.run(PRINT);
    rmSync(path, { recursive: true });
    writeFileSync(path, good);
    expect({ stdout, exitCode }).toEqual({ stdout: "42\n", exitCode: 0 });
    expect(stderr).toMatch(NOTE);
  });
});

describe("a cache that cannot be used costs a message and time, nothing else:", () => {
  test("a file is in its place", async () => {
    const path = join(checkout.home, "file");
    writeFileSync(path, "");
    const { stdout, stderr, exitCode } = await checkout.run(["--pyodide-cache", path, ...PRINT]);
    expect({ stdout, exitCode }).toEqual({ stdout: "42\n", exitCode: 0 });
    const message = `error: cannot use the cache ${path}: a part of the path is a file\n\n${HINT}\n`;
    expect(stderr).toStartWith(message);
    expect(stderr.slice(message.length)).toMatch(NOTE);
  });

  test("others can write to it, so that no snapshot of it is taken and none is put there", async () => {
    const path = join(checkout.home, "shared");
    mkdirSync(path);
    expect(await checkout.run(["--pyodide-cache", path, ...PRINT])).toMatchObject({ stderr: "", exitCode: 0 });
    const [snapshot = ""] = snapshots(path);
    chmodSync(path, 0o777);
    for (const change of [() => {}, () => rmSync(snapshot)]) {
      change();
      const { stdout, stderr, exitCode } = await checkout.run(["--pyodide-cache", path, ...PRINT]);
      expect({ stdout, exitCode }).toEqual({ stdout: "42\n", exitCode: 0 });
      const message = `woma: others can write to the cache ${path}: no snapshot of it is used\n`;
      expect(stderr).toStartWith(message);
      expect(stderr.slice(message.length)).toMatch(NOTE);
    }
    expect(snapshots(path)).toEqual([]);
  });

  testUnless(cannotMount, "its disk is full when the snapshot is written", async () => {
    const path = join(checkout.home, "full");
    mkdirSync(path);
    using _mounted = mountSmall(path, "size=1m");
    const { stdout, stderr, exitCode } = await checkout.run(["--pyodide-cache", path, ...PRINT]);
    expect({ stdout, exitCode }).toEqual({ stdout: "42\n", exitCode: 0 });
    expect(stderr).toMatch(/no space left/i);
    expect(stderr.split("\n").length).toBeLessThan(8);
    expect(stderr.slice(stderr.lastIndexOf("woma:"))).toMatch(NOTE);
    expect(snapshots(path)).toEqual([]);
  });
});

test("a checkout whose Python sources change prepares itself again, and keeps both snapshots", async () => {
  appendFileSync(join(checkout.root, "src/cell/python/woma_os.py"), "# changed\n");
  const { stdout, stderr, exitCode } = await checkout.run(PRINT);
  expect({ stdout, exitCode }).toEqual({ stdout: "42\n", exitCode: 0 });
  expect(stderr).toStartWith("woma: preparing this checkout's interpreter (once) ...\n");
  expect(snapshots()).toHaveLength(2);
}, 120_000);

function replaceByDirectory(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 255;
  writeFileSync(path, bytes);
}
