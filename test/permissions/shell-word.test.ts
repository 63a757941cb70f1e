import { expect, test } from "bun:test";
import { shellWord } from "../../src/permissions/shell-word.ts";

test.each([
  ["data/t.csv", "data/t.csv"],
  ["~/x:/y,z=1", "~/x:/y,z=1"],
  ["ünïcode", "ünïcode"],
  ["", "''"],
  ["a:", "'a:'"],
  ["my data", "'my data'"],
  ["*.py", "'*.py'"],
  ["a\\b", "'a\\b'"],
  ["it's", "'it'\\''s'"],
  ["it's\t1\\2", "$'it\\'s\\x091\\\\2'"],
  ["\u0085\u200b\u{e0001}\ud800", "$'\\u0085\\u200b\\U000e0001\\ud800'"],
])("%j is typed as %s", (text, expected) => {
  expect(shellWord(text)).toBe(expected);
});

test("a shell reads back what was written", () => {
  const texts = [
    "a b",
    "it's",
    "$HOME `id` $(id)",
    "a\nb\t'\\",
    "!x",
    "\u001b[2J\u202ez0",
    "-n",
    "~x",
    "#",
    "é",
    "\u{1f40d}",
  ];
  const script = `printf '%s\\0' ${texts
    .map((text) => `./${text}`)
    .map(shellWord)
    .join(" ")}`;
  const { stdout, success } = Bun.spawnSync(["bash", "-c", script], { env: { LC_ALL: "C.UTF-8" } });
  expect([success, stdout.toString()]).toEqual([true, texts.map((text) => `./${text}\0`).join("")]);
});
