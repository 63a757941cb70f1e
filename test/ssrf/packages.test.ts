/** The attacker uses the libraries that everybody uses, which follow redirects and proxies, and spell URLs, in their own ways. */
import { afterAll } from "bun:test";
import { noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { indexSettings, noPackageIndex } from "../support/real-index.ts";
import { PUBLIC } from "./support/addresses.ts";
import { gets, refusedAddress, refusedName } from "./support/expected.ts";
import { networkForFile, noPrivateNetwork } from "./support/private-network.ts";
import { type Attempt, allowedTogether, type Way, ways } from "./support/way.ts";

const network = networkForFile();
const obstacle = noPrivateNetwork ?? (await noMirror()) ?? (await noPackageIndex());

/** Fetched where there is an index, used where there is nothing. */
const PACKAGES = ["--with", "requests,httpx,urllib3,websocket-client"];
const cache = obstacle === undefined ? await fetchPackages() : "";

/** The cache knows a package by the index that it came from. A proxy of this machine's would be woma's own. */
const INDEX = Object.fromEntries(Object.entries(indexSettings()).filter(([name]) => !/proxy$/i.test(name)));

async function fetchPackages(): Promise<string> {
  const mirror = await TestMirror.start();
  const home = await PackageHome.make({ mirror });
  afterAll(() => home[Symbol.asyncDispose]());
  const { exitCode, stderr } = await home.run(["-q", ...PACKAGES, "-c", "import requests, httpx, websocket"], {
    env: { PIP_CONFIG_FILE: "", HTTPS_PROXY: "", ...indexSettings() },
  });
  await mirror[Symbol.asyncDispose]();
  if (exitCode !== 0) throw new Error(stderr);
  return home.cache;
}

function withPackages(attempt: Attempt): Attempt {
  const flags = ["-q", "--offline", ...PACKAGES, ...(attempt.flags ?? [])];
  return { ...attempt, flags, environment: { ...INDEX, WOMA_CACHE: cache, ...attempt.environment } };
}

function withPackagesToo(way: Omit<Way, "native">): Way {
  const { attacked, allowed } = way;
  return {
    ...way,
    attacked: withPackages(attacked),
    allowed: "never" in allowed ? allowed : withPackages(allowed),
    native: { never: "the machine's python3 may not have the package" },
  };
}

const REDIRECT = JSON.stringify(`http://${PUBLIC.first}/to/302?http%3A%2F%2F127.0.0.1%3A8000%2F`);

const HTTP: Readonly<Record<string, string>> = {
  requests: `
import requests
requests.get("http://127.0.0.1:8000/", timeout=10).text`,
  "requests, after a redirect": `
import requests
requests.get(${REDIRECT}, timeout=10).text`,
  "requests, in a session, after a redirect": `
import requests
with requests.Session() as session: text = session.post(${REDIRECT}, data="form", timeout=10).text
text`,
  "requests, of a URL with a user in it": `
import requests
requests.get("http://${PUBLIC.first}@127.0.0.1:8000/", timeout=10).text`,
  "requests, of a URL with a password in it": `
import requests
requests.get("http://${PUBLIC.first}:80@127.0.0.1:8000/#@${PUBLIC.first}/", timeout=10).text`,
  "requests, of an odd spelling": `
import requests
requests.get("http://2130706433:8000/", timeout=10).text`,
  "requests, by a proxy": `
import requests
requests.get("http://${PUBLIC.first}/", proxies={"http": "http://127.0.0.1:8000"}, timeout=10).text`,
  "requests, by a proxy of its environment": `
import os, requests
os.environ["HTTP_PROXY"] = "http://127.0.0.1:8000"
try: text = requests.get("http://${PUBLIC.first}/", timeout=10).text
finally: del os.environ["HTTP_PROXY"]
text`,
  urllib3: `
import urllib3
urllib3.PoolManager().request("GET", "http://127.0.0.1:8000/", retries=0).data.decode()`,
  "urllib3, after a redirect": `
import urllib3
urllib3.PoolManager().request("GET", ${REDIRECT}, retries=1).data.decode()`,
  "urllib3, from a pool": `
import urllib3
urllib3.HTTPConnectionPool("127.0.0.1", 8000, retries=0).request("GET", "/").data.decode()`,
  httpx: `
import httpx
httpx.get("http://127.0.0.1:8000/").text`,
  "httpx, after a redirect": `
import httpx
httpx.get(${REDIRECT}, follow_redirects=True).text`,
  "httpx, by a proxy": `
import httpx
httpx.get("http://${PUBLIC.first}/", proxy="http://127.0.0.1:8000").text`,
  "httpx, without waiting": `
import asyncio, httpx
async def main():
    async with httpx.AsyncClient(follow_redirects=True) as client: return (await client.get(${REDIRECT})).text
asyncio.run(main())`,
};

/** There, the user's proxy is the only one. */
const withoutProxies = Object.entries(HTTP).filter(([sentence]) => !sentence.includes("proxy"));

for (const mode of [[], ["--net", "xhr"]]) {
  ways(
    network,
    `${mode.length === 0 ? "" : "under --net xhr, "}an address of the inside is not fetched from by`,
    allowedTogether(
      (mode.length === 0 ? Object.entries(HTTP) : withoutProxies).map(([sentence, python]) =>
        withPackagesToo({
          sentence,
          python,
          attacked: {
            flags: mode,
            prints: refusedAddress("127.0.0.1"),
            reaches: python.includes(REDIRECT) ? [`${PUBLIC.first}:80`] : [],
          },
          allowed: gets([...mode, "--allow-net=127.0.0.1:8000"]),
        }),
      ),
    ),
    obstacle,
  );
}

const rebinding = {
  "rebind.test": { turns: [{ addresses: [PUBLIC.first] }, { addresses: ["127.0.0.1"] }], afterwards: "the last again" },
} as const;

const others: readonly Omit<Way, "native">[] = [
  {
    sentence: "requests, of a name whose address changes after a redirect",
    python: `
import requests
requests.get("http://rebind.test/to/302?http%3A%2F%2Frebind.test%3A8000%2F", timeout=10).text`,
    names: rebinding,
    attacked: { prints: refusedName("rebind.test", "127.0.0.1"), reaches: [`${PUBLIC.first}:80`] },
    allowed: gets(["--allow-net=rebind.test"]),
  },
  {
    sentence: "httpx, of a name whose address changes between two requests of a client",
    python: `
import httpx
with httpx.Client() as client:
    client.get("http://rebind.test:8000/")
    text = client.get("http://rebind.test:8000/").text
text`,
    names: rebinding,
    attacked: { prints: refusedName("rebind.test", "127.0.0.1"), reaches: [`${PUBLIC.first}:8000`] },
    allowed: gets(["--allow-net=rebind.test"]),
  },
  {
    sentence: "a WebSocket",
    python: `
import websocket
websocket.create_connection("ws://127.0.0.1:8000/", timeout=10).recv()`,
    attacked: { prints: refusedAddress("127.0.0.1") },
    allowed: gets(["--allow-net=127.0.0.1:8000"]),
  },
  {
    sentence: "a WebSocket, after a redirect",
    python: `
import websocket
websocket.create_connection("ws://${PUBLIC.first}/to/302?ws%3A%2F%2F127.0.0.1%3A8000%2F", timeout=10).recv()`,
    attacked: { prints: refusedAddress("127.0.0.1"), reaches: [`${PUBLIC.first}:80`] },
    allowed: gets(["--allow-net=127.0.0.1:8000"]),
  },
  {
    sentence: "a WebSocket, by a proxy",
    python: `
import websocket
proxy = {"http_proxy_host": "127.0.0.1", "http_proxy_port": 8001, "proxy_type": "http"}
websocket.create_connection("ws://10.0.0.5:8000/", timeout=10, **proxy).recv()`,
    attacked: { prints: refusedAddress("127.0.0.1", 8001) },
    allowed: gets(["--allow-net=127.0.0.1:8001"]),
  },
];

ways(network, "an address of the inside is not fetched from by", others.map(withPackagesToo), obstacle);
