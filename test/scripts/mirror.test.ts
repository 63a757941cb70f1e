import { describe, expect } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../scripts/build-cache.ts";
import { TestIndex } from "../support/index-server.ts";
import { testUnless } from "../support/loud-skip.ts";
import { fileOf, mirroredFile, noMirror } from "../support/mirror.ts";
import { buildWheel } from "../support/wheel.ts";
import { scratchDirectory } from "../support/woma.ts";

const ROOT = join(import.meta.dir, "../..");
const obstacle = await noMirror();

describe("scripts/mirror.ts", () => {
  testUnless(obstacle, "keeps what is the lock's byte for byte, and says what it leaves out", async () => {
    const six = (await mirroredFile(fileOf("six"))) ?? new Uint8Array();
    const at = "open_webui/frontend/pyodide";
    const files = {
      "open_webui/main.py": "raise SystemExit('not used')",
      [`${at}/${fileOf("six")}`]: six,
      [`${at}/${fileOf("idna")}`]: six,
      [`${at}/stranger-1.0-py3-none-any.whl`]: six,
      [`${at}/pyodide.mjs`]: "",
    };
    using index = new TestIndex({ parts: true }).add(buildWheel({ name: "open-webui", version: "0.12.4", files }));
    await using place = await scratchDirectory();
    const make = async () => {
      const child = Bun.spawn([process.execPath, "scripts/mirror.ts", place.path], {
        cwd: ROOT,
        env: { PATH: process.env["PATH"] ?? "", HTTPS_PROXY: "http://127.0.0.1:9", PIP_INDEX_URL: index.url },
        stdout: "pipe",
        stderr: "pipe",
      });
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      return { stdout, stderr: stderr.split("\n").sort(), exitCode: await child.exited };
    };
    expect(await make()).toEqual({
      stdout: `${place.path}\n`,
      stderr: [
        "",
        `woma: left out ${fileOf("idna")}: its sha256 is not the lock's`,
        "woma: left out stranger-1.0-py3-none-any.whl: the lock has no such file",
        "woma: taking wheels from open_webui-0.12.4-py3-none-any.whl of configured index 1",
      ],
      exitCode: 0,
    });
    expect(readdirSync(place.path).sort()).toEqual(["SHA256SUMS", fileOf("six")]);
    expect(await Bun.file(join(place.path, "SHA256SUMS")).text()).toBe(`${sha256(six)}  ${fileOf("six")}\n`);
    // Made once, and again when something is not as it was.
    const asked = index.requests.length;
    expect(await make()).toEqual({ stdout: `${place.path}\n`, stderr: [""], exitCode: 0 });
    expect(index.requests).toHaveLength(asked);
    await Bun.write(join(place.path, fileOf("six")), "damaged");
    expect((await make()).exitCode).toBe(0);
    expect(await Bun.file(join(place.path, fileOf("six"))).bytes()).toEqual(new Uint8Array(six));
  });
});
