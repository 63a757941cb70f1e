import { describe, expect, test } from "bun:test";
import { packArchive } from "../../scripts/archive.ts";
import { type ReadRange, remoteZip } from "../../scripts/remote-zip.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Serves an archive's parts, and remembers which were asked for. */
function reader(archive: Uint8Array) {
  const asked: [start: number, end: number | undefined][] = [];
  const read: ReadRange = async (start, end) => {
    asked.push([start, end]);
    return { bytes: archive.slice(start, end), size: archive.length };
  };
  return { asked, read };
}

describe("a zip archive that is elsewhere", () => {
  const noise = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * index * 31) >> 7);
  const archive = packArchive(
    new Map([
      ["a/first.txt", bytesOf("first ".repeat(100))],
      ["empty", new Uint8Array(0)],
      ["noise", noise],
    ]),
  );

  test("gives its names by its end, and a file by that file's own part", async () => {
    const { asked, read } = reader(archive);
    const entries = await remoteZip(read);
    expect(entries.map(({ name }) => name)).toEqual(["a/first.txt", "empty", "noise"]);
    expect(asked).toHaveLength(1);
    expect(new TextDecoder().decode(await entries[0]?.read())).toBe("first ".repeat(100));
    expect(await entries[1]?.read()).toEqual(new Uint8Array(0));
    expect(await entries[2]?.read()).toEqual(noise);
    expect(asked).toHaveLength(4);
  });

  test("with a directory longer than the end that is asked for first costs one more request", async () => {
    const names = Array.from({ length: 12_000 }, (_, index) => `${"directory/".repeat(6)}${index}`);
    const { asked, read } = reader(packArchive(new Map(names.map((name) => [name, bytesOf(name)]))));
    const entries = await remoteZip(read);
    expect(entries.map(({ name }) => name)).toEqual(names.toSorted());
    expect(asked).toHaveLength(2);
    expect(new TextDecoder().decode(await entries[7]?.read())).toBe(entries[7]?.name ?? "");
  });

  test("that is none is refused", async () => {
    const { read } = reader(bytesOf("no archive, but longer than the shortest one is"));
    expect(remoteZip(read)).rejects.toThrow("is no zip archive");
  });
});
