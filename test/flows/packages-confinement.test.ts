import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestIndex } from "../support/index-server.ts";
import { PackageHome } from "../support/package-home.ts";
import { buildWheel } from "../support/wheel.ts";

setDefaultTimeout(60_000);

const WHEEL = buildWheel({
  name: "asked-for",
  version: "1.0",
  files: { "asked_for.py": "VALUE = 'from the index'\n" },
});

/** Prints what comes of each of these requirements, asked for by the program. */
function asking(requirements: readonly string[]): string {
  return `
import asyncio, micropip
for requirement in ${JSON.stringify(requirements)}:
    try:
        asyncio.run(micropip.install(requirement))
        print("installed", requirement)
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])`;
}

describe("a program that asks for packages", () => {
  test("has them by name from the index, in the cache that imports use", async () => {
    using index = new TestIndex();
    index.add(WHEEL);
    await using home = await PackageHome.make({ index });
    const code = `${asking(["asked-for"])}\nimport asked_for; print(asked_for.VALUE)`;
    expect(await home.run(["-q", "-c", code])).toEqual({
      stdout: "installed asked-for\nfrom the index\n",
      stderr: "",
      exitCode: 0,
    });
    expect(home.wheels).toEqual([WHEEL.fileName]);
  });

  test("names no addresses and no files: the broker would go there with the user's rights", async () => {
    using index = new TestIndex();
    index.add(WHEEL);
    await using home = await PackageHome.make({ index });
    writeFileSync(join(home.path, WHEEL.fileName), WHEEL.bytes);
    const address = `${index.url.replace("simple/", "files/")}${WHEEL.fileName}`;
    const named = [
      address,
      `asked-for @ ${address}`,
      `asked-for@${address}`,
      `./${WHEEL.fileName}`,
      join(home.path, WHEEL.fileName),
      `file://${join(home.path, WHEEL.fileName)}`,
      `asked-for @ file://${join(home.path, WHEEL.fileName)}`,
      WHEEL.fileName,
      `asked-for @ ${WHEEL.fileName}`,
      "git+https://127.0.0.1/x",
      "-r/etc/passwd",
      "--index-url=http://127.0.0.1:1/",
      "..\\asked_for-1.0-py3-none-any.whl",
    ];
    const { stdout, exitCode } = await home.run(["-q", "-c", asking(named)]);
    expect({ lines: stdout.trim().split("\n"), exitCode }).toEqual({
      lines: named.map(
        (text) => `ValueError '${text}' is no package's name: a program asks for packages by name and version only`,
      ),
      exitCode: 0,
    });
    expect(index.requests).toEqual([]);
    expect(home.wheels).toEqual([]);
  });

  test("reaches no index without network, and the command line still does", async () => {
    using index = new TestIndex();
    index.add(WHEEL);
    await using home = await PackageHome.make({ index });
    const { stdout } = await home.run(["-q", "--deny-net", "-c", asking(["asked-for"])]);
    expect(stdout).toBe(
      "ValueError the program has no network (--deny-net), and so no package index; `--with NAME` gives it packages all the same\n",
    );
    expect(index.requests).toEqual([]);
    const code = "import asked_for; print(asked_for.VALUE)";
    expect(await home.run(["-q", "--deny-net", "--with", "asked-for", "-c", code])).toEqual({
      stdout: "from the index\n",
      stderr: "",
      exitCode: 0,
    });
  });

  test("cannot go on for ever by installing: the time that it takes is limited, and not the program's own", async () => {
    using silent = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => {}) });
    await using home = await PackageHome.make({ index: { url: `${silent.url}simple/` } });
    const code = asking(["first", "second", "third"]);
    const started = performance.now();
    const { stdout, exitCode } = await home.run(["-q", "--timeout", "3", "--install-timeout", "2", "-c", code]);
    const told = stdout.split("\n").map((line) => line.split(";")[0]);
    const over = "ValueError installing packages took longer than 2 s, the --install-timeout";
    expect({ told, exitCode }).toEqual({ told: [over, over, over, ""], exitCode: 0 });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("leaves nothing behind where it shows what is no picture, and few of those that are", async () => {
    await using home = await PackageHome.make({});
    const code = `
import struct, zlib, woma_kernel
png = b"\\x89PNG\\r\\n\\x1a\\n"
def show(data):
    return woma_kernel.request("figure", data, last=True)[0]["path"]
print(show(b"#!/bin/sh\\ntouch /tmp/x"), show(b""))
paths = [show(png) for _ in range(150)]
print(sum(path is not None for path in paths), paths[0].rpartition("/")[2], paths[99].rpartition("/")[2])`;
    const { stdout, exitCode } = await home.run(["-q", "-c", code], { env: { TMPDIR: home.path } });
    expect({ stdout, exitCode }).toEqual({ stdout: "None None\n100 figure-1.png figure-100.png\n", exitCode: 0 });
    const [directory = ""] = readdirSync(home.path).filter((name) => name.startsWith("woma-figures-"));
    expect(existsSync(join(home.path, directory, "figure-100.png"))).toBe(true);
    expect(readdirSync(join(home.path, directory))).toHaveLength(100);
  });
});
