import { describe, expect, test } from "bun:test";
import { zipSync } from "fflate";
import { readZip } from "../../../src/pyodide-manager/archive/zip.ts";
import { buildWheel } from "../../support/wheel.ts";
import { type Layout, type Member, zipBytes } from "../support/zip-bytes.ts";

/** The members without what is looked up later. */
function read(bytes: Uint8Array) {
  return readZip((position, length) => bytes.subarray(position, position + length), bytes.length);
}

const plain = (bytes: Uint8Array) => read(bytes).map(({ name, method, bytes }) => ({ name, method, bytes }));

function complaint(members: readonly Member[], layout: Layout = {}): string {
  const bytes = zipBytes(members, layout);
  try {
    return JSON.stringify(read(bytes).map((entry) => entry.dataOffset));
  } catch (error) {
    return (error as Error).message;
  }
}

const A: Member = { name: "a", data: "contents" };

describe("a zip archive's members are read", () => {
  test("from one that a build tool made", () => {
    const { bytes, fileName } = buildWheel({
      name: "some-thing",
      version: "1.0",
      files: { "some_thing/__init__.py": "" },
    });
    expect(fileName).toBe("some_thing-1.0-py3-none-any.whl");
    expect(read(bytes).map(({ name }) => name)).toEqual([
      "some_thing-1.0.dist-info/METADATA",
      "some_thing-1.0.dist-info/RECORD",
      "some_thing-1.0.dist-info/WHEEL",
      "some_thing/__init__.py",
    ]);
  });

  test("with where their contents lie, stored and deflated", () => {
    const bytes = zipBytes([
      { name: "stored", data: "as it is" },
      { name: "deflated", data: "x".repeat(1000), method: 8, mode: 0o100755 },
      { name: "directory/", mode: 0o040755 },
    ]);
    const [stored, deflated, directory] = read(bytes);
    expect(stored).toMatchObject({ name: "stored", method: 0, bytes: 8, compressedBytes: 8, mode: 0o100644 });
    expect(deflated).toMatchObject({ name: "deflated", method: 8, bytes: 1000, mode: 0o100755 });
    expect(directory).toMatchObject({ name: "directory/", bytes: 0, mode: 0o040755 });
    const contents = (entry: typeof stored) =>
      bytes.subarray(entry?.dataOffset, (entry?.dataOffset ?? 0) + (entry?.compressedBytes ?? 0));
    expect(Buffer.from(contents(stored)).toString()).toBe("as it is");
    expect(Buffer.from(Bun.inflateSync(Buffer.from(contents(deflated)))).toString()).toBe("x".repeat(1000));
  });

  test("where other tools wrote it: sizes behind the contents, a comment at the end, names beyond ASCII", () => {
    const following: Member = { name: "größe", data: "12345", flags: 8 | 0x800, localBytes: 0 };
    expect(plain(zipBytes([following], { comment: "made by hand" }))).toEqual([{ name: "größe", method: 0, bytes: 5 }]);
    expect(complaint([following])).toBe("[37]");
    expect(plain(zipSync({ a: new Uint8Array(9) }, { level: 0 }))).toEqual([{ name: "a", method: 0, bytes: 9 }]);
  });

  test("when sizes and places have 64 bits", () => {
    const bytes = zipBytes([{ ...A, wide: true }], { wide: true });
    expect(plain(bytes)).toEqual([{ name: "a", method: 0, bytes: 8 }]);
    expect(complaint([{ ...A, wide: true }], { wide: true })).toBe("[51]");
  });

  test("none of them, when it is empty", () => {
    expect(read(zipBytes([]))).toEqual([]);
  });
});

describe("an archive is refused in words when", () => {
  test.each<[string, readonly Member[], Layout, string]>([
    ["something lies behind its end", [A], { after: "more" }, "its end is damaged"],
    [
      "something lies before its beginning",
      [A],
      { before: "#!/bin/sh\n", directoryShift: -10 },
      "its directory is not where it says",
    ],
    ["its directory is elsewhere", [A], { directoryShift: 4 }, "its directory is not where it says"],
    ["it has fewer members than it says", [A], { entries: 2 }, "its directory is damaged"],
    [
      "it has more members than it says",
      [A, { name: "b" }],
      { entries: 1 },
      "its directory has other members than it says",
    ],
    ["a member is encrypted", [{ ...A, flags: 1 }], {}, "a is encrypted"],
    ["a member is compressed otherwise", [{ ...A, method: 14 }], {}, "a is compressed by method 14"],
    ["a stored member has two sizes", [{ ...A, bytes: 9 }], {}, "a is stored in two sizes"],
    ["a name is no UTF-8", [{ name: Uint8Array.of(0xff, 0x61) }], {}, 'a name is no UTF-8: "ÿa"'],
    ["a member's own header names another", [{ ...A, localName: "b" }], {}, "a has two descriptions that differ"],
    ["a member's own header has another size", [{ ...A, localBytes: 7 }], {}, "a has two descriptions that differ"],
    ["a member's own header has another method", [{ ...A, localMethod: 8 }], {}, "a has two descriptions that differ"],
    [
      "a member is not where it says",
      [A, { ...A, name: "b", headerOffset: 3 }],
      {},
      "b is not where the directory says",
    ],
    ["a member begins behind the end", [{ ...A, headerOffset: 1e6 }], {}, "a is not where the directory says"],
  ])("%s", (_, members, layout, words) => {
    expect(complaint(members, layout)).toBe(words);
  });

  test("it is cut off anywhere", () => {
    const bytes = zipBytes([A, { name: "b", data: "more contents" }]);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => read(bytes.slice(0, length))).toThrow(/^it is no zip archive$|^its end is damaged$/);
    }
  });

  test("it says that it has more members than any package", () => {
    const bytes = zipBytes([A], { wide: true, entries: 100_001 });
    expect(() => read(bytes)).toThrow("it has more than 100000 members");
  });
});

test("no damage of a byte makes the reading end in anything but members or words", () => {
  const bytes = zipBytes([A, { name: "b/c", data: "x".repeat(50), method: 8 }, { ...A, name: "d", wide: true }]);
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 0xff, 0x80]) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = value;
      try {
        for (const { dataOffset } of read(damaged)) expect(dataOffset).toBeNumber();
      } catch (error) {
        expect([at, (error as Error).constructor.name]).toEqual([at, "ZipFormatError"]);
      }
    }
  }
});
