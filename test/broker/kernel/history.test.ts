import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { History } from "../../../src/broker/kernel/history.ts";
import { scratchDirectory } from "../../support/woma.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `entry ${from + index}\n`).join("");

/** A history in a directory that does not exist yet, as on a first start. */
async function newHistory() {
  const scratch = await scratchDirectory();
  const path = join(scratch.path, "state/woma/history");
  return {
    scratch,
    path,
    history: new History(path),
    text: () => readFileSync(path, "utf8"),
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
}

describe("the history", () => {
  test("is empty before there is one, and is not made by looking", async () => {
    await using kept = await newHistory();
    expect(kept.history.load()).toEqual(new Uint8Array(0));
    expect(readdirSync(kept.scratch.path)).toEqual([]);
  });

  test("gives the entries in the order in which they were made, to the next prompt too", async () => {
    await using kept = await newHistory();
    for (const entry of ["1 + 1\n", "print('größe')\n", "import os\n"]) kept.history.append(encode(entry));
    const all = "1 + 1\nprint('größe')\nimport os\n";
    expect([decode(kept.history.load()), decode(new History(kept.path).load()), kept.text()]).toEqual([all, all, all]);
  });

  test("keeps an entry of several lines as one, in the form of _pyrepl", async () => {
    await using kept = await newHistory();
    kept.history.append(encode("def f():\r\n    return 1\r\n\n"));
    kept.history.append(encode("f()\n"));
    expect(decode(kept.history.load())).toBe("def f():\r\n    return 1\r\n\nf()\n");
  });

  test("interleaves what two prompts write, whole entries each", async () => {
    await using kept = await newHistory();
    const other = new History(kept.path);
    kept.history.append(encode("first 1\n"));
    other.append(encode("second 1\r\n  more\n"));
    kept.history.append(encode("first 2\n"));
    other.append(encode("second 2\n"));
    const all = "first 1\nsecond 1\r\n  more\nfirst 2\nsecond 2\n";
    expect([decode(kept.history.load()), decode(other.load())]).toEqual([all, all]);
  });

  test("belongs to its user alone, its directory too", async () => {
    await using kept = await newHistory();
    const before = process.umask(0);
    kept.history.append(encode("secret\n"));
    process.umask(before);
    expect((statSync(kept.path).mode & 0o777).toString(8)).toBe("600");
    expect((statSync(join(kept.path, "..")).mode & 0o777).toString(8)).toBe("700");
  });

  test("takes no entry that is empty or larger than 64 KiB", async () => {
    await using kept = await newHistory();
    kept.history.append(encode(""));
    kept.history.append(encode(`${"x".repeat(64 * 1024)}\n`));
    kept.history.append(encode("small\n"));
    expect(kept.text()).toBe("small\n");
  });
});

describe("a history of more than 10000 entries", () => {
  const write = (path: string, text: string) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };

  test("is given from its end, and left alone while it is not much longer", async () => {
    await using kept = await newHistory();
    write(kept.path, numbered(0, 11_000));
    expect(decode(kept.history.load())).toBe(numbered(1_000, 11_000));
    expect(kept.text()).toBe(numbered(0, 11_000));
  });

  test("is shortened when it is, and stays private, with nothing left over", async () => {
    await using kept = await newHistory();
    write(kept.path, numbered(0, 13_000));
    chmodSync(kept.path, 0o644);
    expect(decode(kept.history.load())).toBe(numbered(3_000, 13_000));
    expect(kept.text()).toBe(numbered(3_000, 13_000));
    expect((statSync(kept.path).mode & 0o777).toString(8)).toBe("600");
    expect(readdirSync(join(kept.path, ".."))).toEqual(["history"]);
    kept.history.append(encode("next\n"));
    expect(decode(kept.history.load())).toBe(`${numbered(3_001, 13_000)}next\n`);
  });

  test("is cut between entries and not between the lines of one", async () => {
    await using kept = await newHistory();
    const entry = (index: number) => `for ${index}:\r\n\r\n    pass\r\n\n`;
    const entries = Array.from({ length: 12_500 }, (_, index) => entry(index));
    write(kept.path, entries.join(""));
    expect(decode(kept.history.load())).toBe(entries.slice(2_500).join(""));
  });

  test("is read in moderate time whatever is in it", async () => {
    await using kept = await newHistory();
    write(kept.path, `${"x\r\n".repeat(1_000_000)}\n${"y".repeat(5_000_000)}\n${"\n".repeat(1_000_000)}last\n`);
    const started = performance.now();
    expect(decode(kept.history.load())).toEndWith("\nlast\n");
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("a history that cannot be kept", () => {
  test.each([
    ["a directory is in its place", (path: string) => mkdirSync(path, { recursive: true })],
    ["a file is in its directory's place", (path: string) => writeFileSync(join(path, "../.."), "file")],
    ["its path has a NUL", () => {}],
  ])("is done without, silently: %s", async (reason, prepare) => {
    await using kept = await newHistory();
    prepare(kept.path);
    const history = new History(reason.includes("NUL") ? `${kept.path}\0` : kept.path);
    history.append(encode("entry\n"));
    expect(history.load()).toEqual(new Uint8Array(0));
  });

  test("gives an entry that was cut off when the disk was full no chance to swallow the next", async () => {
    await using kept = await newHistory();
    mkdirSync(join(kept.path, ".."), { recursive: true });
    writeFileSync(kept.path, "whole\nhal");
    kept.history.append(encode("next\n"));
    expect(decode(kept.history.load())).toEndWith("next\n");
    expect(decode(kept.history.load()).split("\n")).toContain("next");
  });
});
