import { describe, expect, test } from "bun:test";
import { UnsafeWheelError } from "../../../src/pyodide-manager/archive/unsafe-wheel-error.ts";
import { checkMembers } from "../../../src/pyodide-manager/archive/verify.ts";
import { openWheelBytes } from "../../../src/pyodide-manager/cache/open-wheel.ts";
import { offeredBytes, offeredWheel } from "../support/package-files.ts";
import { type Member, zipBytes } from "../support/zip-bytes.ts";

/** Why the archive is refused, as a wheel that was just downloaded; undefined when it is not. */
function refusalOf(bytes: Uint8Array): string | undefined {
  const { file } = offeredBytes("hostile", bytes);
  try {
    const { entries, sizeBytes } = openWheelBytes(file, bytes);
    checkMembers(file, entries, sizeBytes);
    return undefined;
  } catch (error) {
    if (!(error instanceof UnsafeWheelError)) throw error;
    expect(error.message).toBe(`hostile-1.0-py3-none-any.whl is refused: ${error.reason}`);
    return error.reason;
  }
}

const refusal = (members: readonly Member[]) => refusalOf(zipBytes(members));

describe("an archive is refused for a name that", () => {
  test.each([
    ["leads out", "../../evil.py", 'it holds a path that leads out of it: "../../evil.py"'],
    ["leads out from within", "a/../../evil.py", 'it holds a path that leads out of it: "a/../../evil.py"'],
    ["leads out at its end", "a/..", 'it holds a path that leads out of it: "a/.."'],
    ["is absolute", "/etc/passwd", 'it holds an absolute path: "/etc/passwd"'],
    ["is absolute on Windows", "C:/evil.py", 'it holds an absolute path: "C:/evil.py"'],
    [
      "has a backslash",
      "a\\..\\evil.py",
      'it holds a name with a backslash or a control character: "a\\\\..\\\\evil.py"',
    ],
    ["has a NUL", "a.py\0.txt", 'it holds a name with a backslash or a control character: "a.py\\u0000.txt"'],
    ["has a line break", "a\nb", 'it holds a name with a backslash or a control character: "a\\nb"'],
    ["has an empty part", "a//b", 'it holds a path with an empty part: "a//b"'],
    ["has a part that means none", "a/./b", 'it holds a path with an empty part: "a/./b"'],
    ["is that part alone", ".", 'it holds a path with an empty part: "."'],
    ["is empty", "", 'it holds a path with an empty part: ""'],
    ["is too long for file systems", `a/${"x".repeat(256)}/b`, "it holds a name of 256 bytes, over 255"],
    ["is too long in UTF-8", "\u20ac".repeat(86), "it holds a name of 258 bytes, over 255"],
    ["is too long altogether", "1234567/".repeat(512).concat("x"), "it holds a path of 4097 bytes, over 4096"],
  ])("%s", (_, name, reason) => {
    expect(refusal([{ name: "fine.py" }, { name }])).toBe(reason);
  });

  test("another member has too, perhaps with other letters", () => {
    expect(refusal([{ name: "a/b" }, { name: "a/b" }])).toBe('it holds "a/b" twice');
    expect(refusal([{ name: "a/Mod.py" }, { name: "a/mod.py" }])).toBe(
      'it holds "a/Mod.py" and "a/mod.py", which differ by case only',
    );
    expect(refusal([{ name: "\u00e9" }, { name: "e\u0301" }])).toBe(
      'it holds "\u00e9" and "e\u0301", which differ by case only',
    );
  });

  test("is a file's and a directory's", () => {
    const reason = 'it holds "a" as a file and as a directory';
    expect(refusal([{ name: "a" }, { name: "a/b" }])).toBe(reason);
    expect(refusal([{ name: "a/b/c" }, { name: "a" }])).toBe(reason);
    expect(refusal([{ name: "a/", mode: 0o040755 }, { name: "a" }])).toBe(reason);
  });
});

describe("an archive is refused that holds", () => {
  test.each<[string, Member, string]>([
    ["a symbolic link", { name: "l", data: "/etc/passwd", mode: 0o120777 }, 'it holds a symbolic link: "l"'],
    ["a device", { name: "d", mode: 0o020666 }, 'it holds a device: "d"'],
    ["a disk", { name: "d", mode: 0o060660 }, 'it holds a device: "d"'],
    ["a pipe", { name: "p", mode: 0o010644 }, 'it holds a pipe: "p"'],
    ["a socket", { name: "s", mode: 0o140755 }, 'it holds a socket: "s"'],
    ["a file that says it is a directory", { name: "f", mode: 0o040755 }, 'it holds a member of two kinds: "f"'],
    ["a directory that says it is a file", { name: "f/", mode: 0o100644 }, 'it holds a member of two kinds: "f/"'],
    ["a directory with contents", { name: "f/", data: "x" }, 'it holds a directory with contents: "f/"'],
  ])("%s", (_, member, reason) => {
    expect(refusal([{ name: "fine.py" }, member])).toBe(reason);
  });
});

describe("an archive is refused as a bomb", () => {
  const packed = { method: 8, data: "0".repeat(500_000) };

  test("when a member says that it unpacks to more than can be", () => {
    expect(refusal([{ name: "a", method: 8, data: "x", bytes: 1e6 }])).toBe('"a" cannot unpack to 1000000 bytes');
  });

  test("when it is small and would unpack to very much", () => {
    const members = Array.from({ length: 250 }, (_, index) => ({ name: `f${index}`, ...packed }));
    expect(refusal(members)).toMatch(/^it would unpack to [78]\d\d times its size$/);
    expect(refusal(members.slice(0, 150))).toBeUndefined();
  });

  test("when it would unpack to more than 4 GB", () => {
    const members = [1, 2].map((index) => ({ name: `f${index}`, method: 8, bytes: 3e9, compressedBytes: 29e5 }));
    expect(refusal(members)).toBe("it would unpack to 6000000000 bytes, over 4000000000");
  });

  test("when its members overlap", () => {
    const one: Member = { name: "a", data: "0".repeat(1000) };
    expect(refusal([one, { ...one, headerOffset: 0 }])).toBe('it holds "a" twice');
    expect(refusal([one, { ...one, name: "b", headerOffset: 0 }])).toBe('"a" overlaps what follows it');
    expect(refusal([one, { name: "b", headerOffset: 500 }])).toBe('"a" overlaps what follows it');
    expect(refusal([{ ...one, bytes: 5000, compressedBytes: 5000 }])).toBe('"a" overlaps what follows it');
  });

  test("when a member's own header leaves less room than the directory knows of", () => {
    const inner: Member = { name: "b", data: "x" };
    const long = zipBytes([{ name: "a", data: "y", localName: "a".repeat(30) }, inner]);
    expect(refusalOf(long)).toBe("a has two descriptions that differ");
  });
});

describe("an archive is fine", () => {
  test("as build tools make them", () => {
    expect(refusalOf(offeredWheel("fine").bytes)).toBeUndefined();
  });

  test("with hidden files, names that only look odd, and directories of their own", () => {
    expect(
      refusal([
        { name: "a/", mode: 0o040755 },
        { name: "a/.hidden" },
        { name: "a/..data" },
        { name: "a/...", mode: 0 },
        { name: "A.py" },
        { name: "b c/größe.txt", flags: 0x800 },
        { name: "run", mode: 0o100755 },
      ]),
    ).toBeUndefined();
  });
});
