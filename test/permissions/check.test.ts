import { describe, expect, test } from "bun:test";
import { missingHint, mountFor, writeRefusal } from "../../src/permissions/check.ts";
import { toGuestPath } from "../../src/permissions/guest-path.ts";
import { mountAt } from "./tree.ts";

describe("the mount for a path", () => {
  const mounts = ["/", "/a", "/a/b", "/a-b", "/c/d"].map((path) => mountAt(path));
  const found = (path: string, among = mounts) => {
    const result = mountFor(among, toGuestPath(path));
    return result && [result.mount.guestPath as string, result.relativePath];
  };

  test.each([
    ["/a", ["/a", ""]],
    ["/a/x", ["/a", "x"]],
    ["/a/b", ["/a/b", ""]],
    ["/a/b/x/y", ["/a/b", "x/y"]],
    ["/a/bc", ["/a", "bc"]],
    ["/a-b/x", ["/a-b", "x"]],
    ["/a-bc", ["/", "a-bc"]],
    ["/c", ["/", "c"]],
    ["/", ["/", ""]],
    ["/a/b/../../c/d/", ["/c/d", ""]],
  ])("%s is the deepest that it lies in", (path, expected) => {
    expect(found(path)).toEqual(expected);
    expect(found(path, mounts.toReversed())).toEqual(expected);
  });

  test("is none outside of all", () => {
    const deep = [mountAt("/a/b"), mountAt("/c")];
    expect(["/", "/a", "/a/bc", "/cc", "/A/b"].map((path) => found(path, deep))).toEqual(new Array(5).fill(null));
    expect(found("/a", [])).toBeNull();
  });

  test("always holds the path, and no deeper one does", () => {
    const names = ["a", "b", "ab", "a.b", "..a"];
    const randomPath = (depth: number) =>
      `/${Array.from({ length: depth }, () => names[Math.floor(Math.random() * names.length)]).join("/")}`;
    for (let round = 0; round < 5_000; round++) {
      const some = Array.from({ length: 6 }, (_, index) => mountAt(randomPath(1 + (index % 3))));
      const path = randomPath(1 + (round % 5));
      const holding = some.filter(({ guestPath }) => `${path}/`.startsWith(`${guestPath}/`));
      const result = mountFor(some, toGuestPath(path));
      if (result === null) {
        expect(holding).toEqual([]);
        continue;
      }
      expect([result.mount.guestPath, result.relativePath].filter(Boolean).join("/")).toBe(path);
      expect(result.mount.guestPath.length).toBe(Math.max(...holding.map(({ guestPath }) => guestPath.length)));
    }
  });

  test("of a path below a file is the file's, with a path that is not there", () => {
    expect(found("/t.csv/x", [mountAt("/t.csv", { kind: "file" })])).toEqual(["/t.csv", "x"]);
  });
});

test("a refused write names the grant, and the flag that allows writing", () => {
  const mount = mountAt("/home/me/work", { grantedBy: "--mount .:ro", writableBy: "--allow-write=/home/me/work" });
  expect(writeRefusal(mount)).toBe("read-only grant (--mount .:ro); allow writing with --allow-write=/home/me/work");
});

describe("the hint for a path that a program did not find", () => {
  test.each([
    ["/work/data/t.csv", "--allow-read=data/t.csv lets the program read it"],
    ["/work", "--allow-read=. lets the program read it"],
    ["/work/", "--allow-read=. lets the program read it"],
    ["data/../t.csv", "--allow-read=t.csv lets the program read it"],
    ["/workshop", "--allow-read=/workshop lets the program read it"],
    ["/etc/hosts", "--allow-read=/etc/hosts lets the program read it"],
    ["/work/../etc/hosts", "--allow-read=/etc/hosts lets the program read it"],
    ["/work/my data/it's", "--allow-read='my data/it'\\''s' lets the program read it"],
    ["/work/a,b", "--allow-read=a,,b lets the program read it"],
    ["/work/~", "--allow-read=./~ lets the program read it"],
    ["/work/$(reboot)", "--allow-read='$(reboot)' lets the program read it"],
    ["/work/é.txt", "--allow-read=é.txt lets the program read it"],
    ["/\u001b]52;c;x\u0007\n", "--allow-read=$'/\\x1b]52;c;x\\x07\\x0a' lets the program read it"],
    ["/\u202ecod.exe", "--allow-read=$'/\\u202ecod.exe' lets the program read it"],
    ["/lib/x.so", "--mount /lib/x.so:/host/lib/x.so:ro lets the program read it there"],
    ["/", "--mount /:/host:ro lets the program read it there"],
  ])("%j", (path, expected) => {
    expect(missingHint(path, "/work")).toBe(expected);
  });

  test.each(["/proc/cpuinfo", "/sys", "/dev/sda", "/work/../proc/1/environ", "/lib/a:b"])(
    "is none for %s, which no flag shows",
    (path) => {
      expect(missingHint(path, "/work")).toBeNull();
    },
  );

  test("has no character that a terminal acts on, whatever the path", () => {
    for (let code = 0; code < 0x3000; code++) {
      const hint = missingHint(`/tmp/${String.fromCodePoint(code)}`, "/");
      expect(hint).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });
});
