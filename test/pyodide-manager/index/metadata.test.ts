import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UnreachableServers } from "../../../src/pyodide-manager/download/unreachable.ts";
import { wheelMetadata } from "../../../src/pyodide-manager/index/metadata.ts";
import { PageCache } from "../../../src/pyodide-manager/index/page-cache.ts";
import { LITTLE_PATIENCE } from "../../support/resolving.ts";
import { buildWheel } from "../../support/wheel.ts";
import { scratchDirectory } from "../../support/woma.ts";

const access = {
  pages: new PageCache(null),
  unreachable: new UnreachableServers(null, 0),
  patience: LITTLE_PATIENCE,
  signal: AbortSignal.timeout(60_000),
  offline: false,
  maximumWheelBytes: 2 ** 20,
};

const EXPECTED = "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\nRequires-Dist: other>=1\n";
/** Larger than what is fetched at once, and of bytes that do not get smaller. */
const large = crypto.getRandomValues(new Uint8Array(60_000));
const wheel = buildWheel({
  name: "thing",
  version: "1.0",
  files: Object.fromEntries(Array.from({ length: 5 }, (_, number) => [`thing/data${number}`, large])),
  metadata: ["Requires-Dist: other>=1", "", "What follows is for people.\n\nName: not this"],
});

interface Ways {
  readonly parts: boolean;
  /** What is served beside the wheel; null for nothing. */
  readonly separate?: string;
  readonly bytes?: Uint8Array;
}

/** The METADATA had from a server, and what that sent. */
async function had({ parts, separate, bytes = wheel.bytes }: Ways, sha256: string | null = null) {
  const sent: string[] = [];
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const { pathname } = new URL(request.url);
      if (pathname.endsWith(".metadata")) {
        sent.push("METADATA");
        return separate === undefined ? new Response("", { status: 404 }) : new Response(separate);
      }
      const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "") ?? [];
      sent.push(parts ? `part ${first}-${last}` : "all");
      if (!parts) return new Response(bytes.slice());
      const start = first === "" ? Math.max(0, bytes.length - Number(last)) : Number(first);
      const end = first === "" ? bytes.length : Math.min(bytes.length, Number(last) + 1);
      return new Response(bytes.slice(start, end), {
        status: 206,
        headers: { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` },
      });
    },
  });
  const file = { url: `${server.url}${wheel.fileName}#sha256=x`, metadata: separate === undefined ? null : { sha256 } };
  try {
    return { text: Buffer.from(await wheelMetadata(file, access, null)).toString(), sent };
  } catch (error) {
    return { error: (error as Error).message, sent };
  }
}

describe("a wheel's METADATA comes, without the text for people,", () => {
  test("from the file beside the wheel, when that is what the page says", async () => {
    const digest = new Bun.CryptoHasher("sha256").update(wheel.metadata).digest("hex");
    expect(await had({ parts: true, separate: wheel.metadata }, digest)).toEqual({
      text: EXPECTED,
      sent: ["METADATA"],
    });
    expect(await had({ parts: true, separate: wheel.metadata })).toEqual({ text: EXPECTED, sent: ["METADATA"] });
  });

  test("out of the wheel, when that file is another", async () => {
    const { text, sent } = await had({ parts: true, separate: "Name: evil" }, "0".repeat(64));
    expect(text).toBe(EXPECTED);
    expect(sent.slice(0, 2)).toEqual(["METADATA", "part -131072"]);
  });

  test("out of parts of the wheel, fewer than the whole", async () => {
    const { text, sent } = await had({ parts: true });
    expect(text).toBe(EXPECTED);
    expect(sent).toEqual(["part -131072", "part 0-32767"]);
  });

  test("out of the whole wheel, from a server that gives no parts", async () => {
    expect(await had({ parts: false })).toEqual({ text: EXPECTED, sent: ["all"] });
  });

  test("out of a wheel on the disk", async () => {
    await using scratch = await scratchDirectory();
    const path = join(scratch.path, wheel.fileName);
    await Bun.write(path, wheel.bytes);
    const file = { url: pathToFileURL(path).href, metadata: null };
    expect(Buffer.from(await wheelMetadata(file, { ...access, offline: true }, null)).toString()).toBe(EXPECTED);
  });
});

describe("there is none, and the reason is said, of a wheel", () => {
  test.each([
    ["that is none", { parts: false, bytes: new TextEncoder().encode("<html>") }, /^is no wheel: /],
    ["that is cut off", { parts: true, bytes: wheel.bytes.subarray(0, 100_000) }, /^is no wheel: /],
    ["too large to be read whole", { parts: false, bytes: new Uint8Array(2 ** 20 + 1) }, /^sends more than 2 MB$/],
    ["that is empty", { parts: false, bytes: new Uint8Array(0) }, /^is no wheel: /],
  ])("%s", async (_, ways, expected) => {
    expect((await had(ways)).error).toMatch(expected);
  });

  test("that is on the network, under --offline", async () => {
    const file = { url: "http://127.0.0.1:9/thing-1.0-py3-none-any.whl", metadata: null };
    expect(wheelMetadata(file, { ...access, offline: true }, null)).rejects.toThrow("is not asked under --offline");
  });
});
