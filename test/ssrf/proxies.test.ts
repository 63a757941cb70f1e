/** The attacker names a proxy that lies inside, or uses the user's own, which may reach what the program may not. */
import { describe, expect } from "bun:test";
import { testUnless } from "../support/loud-skip.ts";
import { PUBLIC } from "./support/addresses.ts";
import { denied, gets, refusedAddress, refusedName } from "./support/expected.ts";
import { networkForFile, noPrivateNetwork } from "./support/private-network.ts";
import { byUrllib, GET, overSocket } from "./support/python.ts";
import { type Way, ways } from "./support/way.ts";

const network = networkForFile();

/** Each would have the public page from the proxy, which answers with its own. */
const PROXIED: Readonly<Record<string, string>> = {
  "given to urllib": `
import urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": "http://127.0.0.1:8000"}))
opener.open("http://${PUBLIC.first}/", timeout=10).read().decode()`,
  "set as a variable of the environment": `
import os, urllib.request
os.environ["http_proxy"] = "http://127.0.0.1:8000"
urllib.request.urlopen("http://${PUBLIC.first}/", timeout=10).read().decode()`,
  "set on a request": `
import urllib.request
request = urllib.request.Request("http://${PUBLIC.first}/")
request.set_proxy("127.0.0.1:8000", "http")
urllib.request.urlopen(request, timeout=10).read().decode()`,
  "that makes a tunnel": `
import http.client
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
connection.set_tunnel("10.0.0.5", 8000)
connection.request("GET", "/")
connection.getresponse().read().decode()`,
  "that makes a tunnel for HTTPS": `
import ssl, urllib.request
handlers = [urllib.request.ProxyHandler({"https": "http://127.0.0.1:8000"}), urllib.request.HTTPSHandler(context=ssl._create_unverified_context())]
urllib.request.build_opener(*handlers).open("https://10.0.0.5/", timeout=10).read().decode()`,
};

ways(network, "a proxy of the inside", [
  ...Object.entries(PROXIED).map(
    ([sentence, python]): Way => ({
      sentence,
      python,
      attacked: { prints: refusedAddress("127.0.0.1") },
      allowed: gets(["--allow-net=127.0.0.1:8000"]),
    }),
  ),
  {
    sentence: "by a name",
    python: (PROXIED["given to urllib"] ?? "").replace("127.0.0.1", "proxy.test"),
    names: { "proxy.test": ["192.168.1.1"] },
    attacked: { prints: refusedName("proxy.test", "192.168.1.1") },
    allowed: gets(["--allow-net=proxy.test:8000"]),
  },
  {
    sentence: "by a name that is denied, which is not looked up",
    python: (PROXIED["given to urllib"] ?? "").replace("127.0.0.1", "proxy.test"),
    names: { "proxy.test": ["192.168.1.1"] },
    attacked: { flags: ["--deny-net=proxy.test"], prints: denied("--deny-net=proxy.test"), asks: [] },
    allowed: gets(["--allow-net=proxy.test:8000"]),
  },
]);

/** The user's own proxy is inside, as such proxies are; who asks it decides what it is asked. */
const PROXY = { HTTP_PROXY: "http://10.0.0.5:8001", HTTPS_PROXY: "http://10.0.0.5:8001" };
const BY_PROXY = "10.0.0.5:8001";

function throughProxy(way: Way): Way {
  const { attacked, allowed } = way;
  return {
    ...way,
    attacked: { ...attacked, environment: PROXY },
    allowed: "never" in allowed ? allowed : { ...allowed, environment: PROXY },
    native: { never: "python3 knows proxies for HTTP alone" },
  };
}

const THROUGH_PROXY: readonly Way[] = [
  {
    sentence: "an address of the inside",
    python: overSocket("127.0.0.1"),
    attacked: { prints: refusedAddress("127.0.0.1") },
    allowed: {
      ...gets(["--allow-net=127.0.0.1:8000"]),
      reaches: [BY_PROXY, "CONNECT 127.0.0.1:8000", "127.0.0.1:8000"],
    },
  },
  {
    sentence: "an odd spelling of an address of the inside",
    python: overSocket("0x7f.1"),
    attacked: { prints: refusedAddress("127.0.0.1") },
    allowed: {
      ...gets(["--allow-net=127.0.0.1:8000"]),
      reaches: [BY_PROXY, "CONNECT 127.0.0.1:8000", "127.0.0.1:8000"],
    },
  },
  {
    sentence: "IPv6's loopback",
    python: overSocket("::1"),
    attacked: { prints: refusedAddress("::1") },
    allowed: { ...gets(["--allow-net=[::1]:8000"]), reaches: [BY_PROXY, "CONNECT [::1]:8000", "[::1]:8000"] },
  },
  {
    sentence: "a cloud's metadata, over HTTP",
    python: byUrllib("http://169.254.169.254/"),
    attacked: { prints: refusedAddress("169.254.169.254", 80) },
    allowed: {
      ...gets(["--allow-net=169.254.169.254:80"]),
      reaches: [BY_PROXY, "CONNECT 169.254.169.254:80", "169.254.169.254:80"],
    },
  },
  {
    sentence: "a name of the inside, which the proxy would look up for itself",
    python: overSocket("inside.test"),
    names: { "inside.test": ["192.168.1.1"] },
    attacked: { prints: refusedName("inside.test", "192.168.1.1") },
    allowed: {
      ...gets(["--allow-net=inside.test:8000"]),
      reaches: [BY_PROXY, "CONNECT 192.168.1.1:8000", "192.168.1.1:8000"],
    },
  },
  {
    sentence: "a name that has changed its address between two connections",
    python: `${GET}
get("rebind.test")
get("rebind.test")`,
    names: {
      "rebind.test": {
        turns: [{ addresses: [PUBLIC.first] }, { addresses: ["127.0.0.1"] }],
        afterwards: "the last again",
      },
    },
    attacked: {
      prints: refusedName("rebind.test", "127.0.0.1"),
      reaches: [BY_PROXY, `CONNECT ${PUBLIC.first}:8000`, `${PUBLIC.first}:8000`],
    },
    allowed: gets(["--allow-net=rebind.test"]),
  },
  {
    sentence: "a name that is denied",
    python: overSocket("inside.test"),
    names: { "inside.test": ["192.168.1.1"] },
    attacked: { flags: ["--deny-net=inside.test"], prints: denied("--deny-net=inside.test"), asks: [] },
    allowed: gets(["--allow-net=inside.test"]),
  },
  {
    sentence: "anything by the program itself, since it lies inside",
    python: overSocket("10.0.0.5", 8001),
    attacked: { prints: refusedAddress("10.0.0.5", 8001) },
    allowed: gets(["--allow-net=10.0.0.5:8001"]),
  },
  {
    sentence: "a line of the program's own, in what should be a host",
    python: `${GET}
get("inside.test:8000 HTTP/1.1\\r\\nX-Header: x\\r\\n\\r\\n", 80)`,
    names: { "inside.test": ["192.168.1.1"] },
    attacked: { prints: /^/ },
    allowed: { never: "it is no host's name" },
  },
];

ways(network, "the user's own proxy is not asked for", THROUGH_PROXY.map(throughProxy));

describe("the user's own proxy", () => {
  testUnless(noPrivateNetwork, "is asked for a public name by the address that was checked", async () => {
    await network().prepare({ "outside.test": [PUBLIC.first] });
    const told = await network().woma(["-c", `${GET}\nprint(get("outside.test"))`], PROXY);
    expect(told).toEqual({ stdout: "PUBLIC\n", stderr: "", exitCode: 0 });
    const { connections } = await network().seen();
    expect(connections).toEqual([BY_PROXY, `CONNECT ${PUBLIC.first}:8000`, `${PUBLIC.first}:8000`]);
  });
});
