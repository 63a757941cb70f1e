import { expect, test } from "bun:test";
import { distributionUrl } from "../../../src/pyodide-manager/download/distribution-url.ts";
import { retryAfterMs } from "../../../src/pyodide-manager/download/retry-after.ts";
import { shownUrl, sourcesOf } from "../../../src/pyodide-manager/download/sources.ts";
import { offeredWheel } from "../support/package-files.ts";

const { file } = offeredWheel("asked");
const MIRRORS = ["https://user:secret@mirror.example/a/", "file:///srv/pyodide/", "http://10.0.0.1:8000/"];

const labels = async (given: typeof file, offline: boolean) =>
  (await sourcesOf(given, { mirrors: MIRRORS, offline })).map(({ label }) => label);

test("a file of the lock is looked for at the mirrors in their order, then where the distribution is", async () => {
  expect(await labels(file, false)).toEqual([
    `https://mirror.example/a/${file.fileName}`,
    `file:///srv/pyodide/${file.fileName}`,
    `http://10.0.0.1:8000/${file.fileName}`,
    `${await distributionUrl()}${file.fileName}`,
  ]);
});

test("offline, only disks are looked at", async () => {
  expect(await labels(file, true)).toEqual([`file:///srv/pyodide/${file.fileName}`]);
});

test("a file of an index is where that says, and nowhere else", async () => {
  const onIndex = { ...file, origin: "index" as const, url: "https://index.example/x.whl#sha256=00" };
  expect(await labels(onIndex, false)).toEqual(["https://index.example/x.whl"]);
  expect(await labels(onIndex, true)).toEqual([]);
});

test("the distribution's place is Pyodide's own, and of the right version", async () => {
  const url = await distributionUrl();
  expect([url.protocol, url.pathname.endsWith("/")]).toEqual(["https:", true]);
  expect(url.pathname).toContain("314.0.3");
});

test("a URL is shown without what may be secret", () => {
  expect(shownUrl(new URL("https://user:pass@host.example/a/b?token=x#y"))).toBe("https://host.example/a/b");
});

test("how long a server asks to wait is understood as seconds and as a date", () => {
  const now = Date.UTC(2026, 0, 1);
  const asked = (value: string) => retryAfterMs(new Headers({ "retry-after": value }), now);
  expect(asked("120")).toBe(120_000);
  expect(asked("Thu, 01 Jan 2026 00:00:30 GMT")).toBe(30_000);
  expect(asked("Wed, 31 Dec 2025 00:00:30 GMT")).toBe(0);
  expect(asked("soon")).toBeNull();
  expect(retryAfterMs(new Headers(), now)).toBeNull();
});
