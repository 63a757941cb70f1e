import { expect, test } from "bun:test";
import { packArchive, unpackArchive } from "../../scripts/archive.ts";

const one = new TextEncoder().encode("one");
const two = new TextEncoder().encode("two");

test("an archive depends on its files alone, not on their order", () => {
  const forwards = packArchive(
    new Map([
      ["a.py", one],
      ["b/c.py", two],
    ]),
  );
  const backwards = packArchive(
    new Map([
      ["b/c.py", two],
      ["a.py", one],
    ]),
  );
  expect(Bun.SHA256.hash(forwards, "hex")).toBe("7cead02d8cf60f6729c5289b38f7fa1bbf20ee4a826c2ee9b12e4dc05a98240d");
  expect(backwards).toEqual(forwards);
});

test("an archive gives its files back", () => {
  const files = new Map([
    ["a.py", one],
    ["b/c.py", two],
  ]);
  expect(unpackArchive(packArchive(files))).toEqual(files);
});
