import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { formatError, UsageError } from "../../../src/errors.ts";
import { parseMirrors } from "../../../src/pyodide-manager/download/mirror-url.ts";
import { scratchDirectory } from "../../support/woma.ts";

const CONTEXT = { workingDirectory: "/work", home: "/home/ada" };

describe("a mirror", () => {
  test.each([
    ["http://127.0.0.1:8000", ["http://127.0.0.1:8000/"]],
    ["https://a.example/full/", ["https://a.example/full/"]],
    ["https://user:secret@a.example/x", ["https://user:secret@a.example/x/"]],
    ["file:///srv/pyodide", ["file:///srv/pyodide/"]],
    ["/srv/pyodide", ["file:///srv/pyodide/"]],
    ["./wheels", ["file:///work/wheels/"]],
    ["../wheels/", ["file:///wheels/"]],
    ["~/wheels", ["file:///home/ada/wheels/"]],
    ["/srv/a,,b c%,http://b.example", ["file:///srv/a,b%20c%25/", "http://b.example/"]],
  ])("%j", (text, expected) => {
    expect(parseMirrors("--mirror", text, CONTEXT)).toEqual(expected);
  });

  test("is a directory by its bare name where there is one", async () => {
    await using scratch = await scratchDirectory();
    mkdirSync(join(scratch.path, "wheels"));
    const context = { workingDirectory: scratch.path, home: "/" };
    expect(parseMirrors("--mirror", "wheels", context)).toEqual([`file://${scratch.path}/wheels/`]);
  });

  const example = "https://mirror.example/pyodide/, or a directory such as /srv/pyodide";

  test.each([
    ["", "nothing where an address should be"],
    ["http://a.example, ", "nothing where an address should be"],
    ["mirror.example/pyodide", "no URL, and no directory of that name"],
    ["ftp://a.example/", "ftp: is not understood; http:, https: and file: are"],
    ["http://a.example:99999/", "not a URL"],
    ["http://a.example/?token=1", "a mirror's address ends with its path"],
    ["http://a.example/#wheels", "a mirror's address ends with its path"],
  ])("%j is refused", (text, reason) => {
    expect(complaint("--mirror", text)).toBe(
      `error: --mirror=${text}: ${reason}\n\nhint: for example --mirror ${example}\n`,
    );
  });

  test("is named by its variable where it comes from there, and its password by nobody", () => {
    expect(complaint("WOMA_MIRROR", "ftp://ada:secret@a.example/")).toBe(
      `error: WOMA_MIRROR=ftp://****@a.example/: ftp: is not understood; http:, https: and file: are\n\nhint: for example WOMA_MIRROR=${example}\n`,
    );
  });
});

function complaint(source: string, text: string): string {
  try {
    return JSON.stringify(parseMirrors(source, text, CONTEXT));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return formatError(error);
  }
}
