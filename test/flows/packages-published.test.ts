import { describe, expect } from "bun:test";
import { join } from "node:path";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { testUnless } from "../support/loud-skip.ts";
import { noMirror, TestMirror } from "../support/mirror.ts";
import { indexSettings, noPackageIndex } from "../support/real-index.ts";
import { type RunOptions, runWoma, scratchDirectory } from "../support/woma.ts";

const obstacle = (await noPackageIndex()) ?? (await noMirror());

/** Runs woma with this machine's package indexes, the mirror, and a cache that begins empty. */
async function published(args: readonly string[], options: RunOptions = {}) {
  await using home = await scratchDirectory();
  await using mirror = await TestMirror.start();
  const env = { ...indexSettings(), HOME: home.path, WOMA_MIRROR: mirror.url, ...options.env };
  const { stdout, stderr, exitCode } = await runWoma(args, { cwd: home.path, ...options, env });
  const offline = await runWoma(["--offline", ...args], {
    cwd: home.path,
    ...options,
    env: { ...env, WOMA_MIRROR: "" },
  });
  expect({ stdout: offline.stdout, exitCode: offline.exitCode }).toEqual({ stdout, exitCode });
  return { stdout, stderr, exitCode };
}

/** Used without the network, the second time from the cache. */
const PROGRAMS: readonly (readonly [requirements: string, code: string, stdout: string])[] = [
  ["pg8000", "import pg8000.dbapi, scramp; print(pg8000.dbapi.paramstyle)", "format\n"],
  [
    "h2",
    `
import h2.connection, h2.events
client = h2.connection.H2Connection(); client.initiate_connection()
client.send_headers(1, [(":method", "GET"), (":path", "/"), (":scheme", "https"), (":authority", "a.example")], end_stream=True)
server = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False)); server.initiate_connection()
events = server.receive_data(client.data_to_send())
print([type(event).__name__ for event in events if isinstance(event, h2.events.RequestReceived)])`,
    "['RequestReceived']\n",
  ],
  ["cbor2", "import cbor2; print(cbor2.loads(cbor2.dumps({'a': [1, 2.5, None]})))", "{'a': [1, 2.5, None]}\n"],
  [
    "cramjam",
    "import cramjam; print(bytes(cramjam.gzip.decompress(cramjam.gzip.compress(b'text' * 9)))[:8])",
    "b'texttext'\n",
  ],
  ["msgpack", "import msgpack; print(msgpack.unpackb(msgpack.packb({'a': [1, 2]})))", "{'a': [1, 2]}\n"],
  [
    "msgspec",
    "import msgspec\nclass P(msgspec.Struct): x: int\nprint(msgspec.json.decode(b'{\"x\": 3}', type=P), msgspec.msgpack.encode(P(1)))",
    "P(x=3) b'\\x81\\xa1x\\x01'\n",
  ],
  [
    "rich",
    "from rich.console import Console; from rich.markdown import Markdown; Console(width=20, no_color=True).print(Markdown('**bold**'))",
    "bold                \n",
  ],
  [
    "aiohttp",
    "import aiohttp, yarl; print(yarl.URL('http://a.example/b?c=1').query['c'], aiohttp.FormData().__class__.__name__)",
    "1 FormData\n",
  ],
];

describe("packages as their projects published them", () => {
  for (const [requirements, code, stdout] of PROGRAMS)
    testUnless(obstacle, `${requirements} comes by --with, is used, and is there offline`, async () => {
      const outcome = await published(["-q", "--with", requirements, "-c", code]);
      expect(outcome).toEqual({ stdout, stderr: "", exitCode: 0 });
    });

  testUnless(obstacle, "httpie comes with all that it needs, and is run by -m", async () => {
    const { stdout, stderr, exitCode } = await published(["-q", "--with", "httpie", "-m", "httpie", "--version"]);
    expect({ stdout: /^\d+\.\d+\.\d+\n$/.test(stdout), stderr, exitCode }).toEqual({
      stdout: true,
      stderr: "",
      exitCode: 0,
    });
    const help = await published(["-q", "--with", "httpie", "-m", "httpie"]);
    expect({ stderr: help.stderr.split("\n")[0], exitCode: help.exitCode }).toEqual({ stderr: "usage:", exitCode: 1 });
    // Its look for a newer version would need a process of its own.
    const code = `
import pathlib
settings = pathlib.Path.home() / ".config/httpie/config.json"
settings.parent.mkdir(parents=True); settings.write_text('{"disable_update_warnings": true}')
from httpie.core import main
main(["http", "--offline", "--ignore-stdin", "--print=HB", "POST", "a.example/b", "x=1"])`;
    const request = await published(["-q", "--with", "httpie", "-c", code]);
    expect(request.stdout).toStartWith("POST /b HTTP/1.1\r\n");
    expect(request.stdout).toEndWith('{"x": "1"}');
  });

  testUnless(obstacle, "a script's own metadata brings them", async () => {
    await using place = await scratchDirectory();
    const script = `# /// script\n# requires-python = ">=3.12"\n# dependencies = ["pg8000>=1.30", "cbor2"]\n# ///\nimport cbor2, pg8000; print(cbor2.dumps(1))\n`;
    await Bun.write(join(place.path, "script.py"), script);
    expect(await published(["-q", join(place.path, "script.py")])).toEqual({
      stdout: "b'\\x01'\n",
      stderr: "",
      exitCode: 0,
    });
  });

  testUnless(obstacle, "a package of the lock that the mirror lacks shows in the plan as the index's", async () => {
    const { stdout, exitCode } = await published(["install", "--dry-run", "msgpack", "six"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^.*msgpack .*index.*$/m);
    expect(stdout).toContain(`six ${lock.packages.six.version}`);
  });

  testUnless(obstacle, "a conflict among them is explained", async () => {
    const { stdout, stderr, exitCode } = await published(["--with", "h2==4.1.0,hpack<3", "-c", "print('ran')"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toStartWith("error: ");
    for (const words of ["h2", "hpack<3", "hpack"]) expect(stderr).toContain(words);
  });
});
