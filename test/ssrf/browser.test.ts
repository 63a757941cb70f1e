/** The attacker uses what programs for a browser have: pyfetch, open_url, XMLHttpRequest; and HTTP where there are no sockets. */
import { PUBLIC } from "./support/addresses.ts";
import { gets, refusedAddress, refusedName } from "./support/expected.ts";
import { networkForFile } from "./support/private-network.ts";
import { byUrllib, GET } from "./support/python.ts";
import { allowedTogether, type Way, ways } from "./support/way.ts";

const network = networkForFile();
const native = { never: "python3 is in no browser" };

/** Each fetches URL, and fails as in a browser; the words are the policy's. */
const BROWSER: Readonly<Record<string, string>> = {
  XMLHttpRequest: `
import js
request = js.XMLHttpRequest.new()
request.open("GET", URL, False)
request.send()
request.responseText`,
  "XMLHttpRequest, that posts": `
import js
request = js.XMLHttpRequest.new()
request.open("POST", URL, False)
request.setRequestHeader("Content-Type", "text/plain")
request.send("form")
request.responseText`,
  open_url: `
from pyodide.http import open_url
open_url(URL).read()`,
  pyxhr: `
from pyodide.http import pyxhr
pyxhr.get(URL).text`,
  pyfetch: `
import asyncio
from pyodide.http import pyfetch
async def main(): return await (await pyfetch(URL)).string()
asyncio.run(main())`,
  "js.fetch": `
import asyncio, js
async def main(): return await (await js.fetch(URL)).text()
asyncio.run(main())`,
};

/** What a browser calls it, with the words of the refusal. */
function failing(refusal: string): RegExp {
  const words = refusal.replace("refused: [Errno 13] Permission denied: ", "");
  return new RegExp(`^raised: \\w+: .*${RegExp.escape(words)}$`);
}

const fetching = (code: string, url: string) => `URL = ${JSON.stringify(url)}\n${code.trim()}`;
const redirecting = (to: string, from = `http://${PUBLIC.first}`) => `${from}/to/302?${encodeURIComponent(to)}`;
const cameFromOutside = [`${PUBLIC.first}:80`];

interface Target {
  readonly what: string;
  readonly url: string;
  readonly refusal: string;
  readonly allow: string;
  readonly reaches?: readonly string[];
  readonly names?: Way["names"];
}

const TARGETS: readonly Target[] = [
  {
    what: "an address of the inside",
    url: "http://127.0.0.1:8000/",
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
  },
  {
    what: "an odd spelling",
    url: "http://0x7f.1:8000/",
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
  },
  {
    what: "full-width digits",
    url: "http://１２７.０.０.１:8000/",
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
  },
  { what: "IPv6", url: "http://[::1]:8000/", refusal: refusedAddress("::1"), allow: "[::1]:8000" },
  {
    what: "mapped IPv6",
    url: "http://[::ffff:7f00:1]:8000/",
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
  },
  {
    what: "a cloud's metadata",
    url: "http://169.254.169.254/latest/",
    refusal: refusedAddress("169.254.169.254", 80),
    allow: "169.254.169.254:80",
  },
  {
    what: "a name of the inside",
    url: "http://inside.test:8000/",
    refusal: refusedName("inside.test", "10.0.0.5"),
    allow: "inside.test:8000",
    names: { "inside.test": ["10.0.0.5"] },
  },
  {
    what: "a host behind a user",
    url: `http://${PUBLIC.first}@127.0.0.1:8000/`,
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
  },
  {
    what: "a redirect",
    url: redirecting("http://127.0.0.1:8000/"),
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
    reaches: cameFromOutside,
  },
  {
    what: "a redirect without a scheme",
    url: redirecting("//127.0.0.1:8000/"),
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
    reaches: cameFromOutside,
  },
  {
    what: "a redirect to an odd spelling",
    url: redirecting("http://2130706433:8000/"),
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
    reaches: cameFromOutside,
  },
  {
    what: "a chain of redirects",
    url: redirecting(redirecting("http://127.0.0.1:8000/", `http://${PUBLIC.second}`)),
    refusal: refusedAddress("127.0.0.1"),
    allow: "127.0.0.1:8000",
    reaches: [...cameFromOutside, `${PUBLIC.second}:80`],
  },
];

for (const mode of [[], ["--net", "xhr"]]) {
  const where = mode.length === 0 ? "" : "under --net xhr, ";
  for (const [how, code] of Object.entries(BROWSER)) {
    ways(
      network,
      `${where}${how} does not get to`,
      allowedTogether(
        TARGETS.map(
          ({ what, url, refusal, allow, reaches = [], names }): Way => ({
            sentence: what,
            python: fetching(code, url),
            ...(names && { names }),
            attacked: { flags: mode, prints: failing(refusal), reaches },
            allowed: gets([...mode, `--allow-net=${allow}`]),
            native,
          }),
        ),
      ),
    );
  }
}

const rebinding = {
  "rebind.test": { turns: [{ addresses: [PUBLIC.first] }, { addresses: ["127.0.0.1"] }], afterwards: "the last again" },
} as const;

for (const mode of [[], ["--net", "xhr"]]) {
  const where = mode.length === 0 ? "" : "under --net xhr, ";
  ways(
    network,
    `${where}a name does not lead inside`,
    Object.entries(BROWSER)
      .slice(0, mode.length === 0 ? undefined : 1)
      .flatMap(([how, code]): Way[] => [
        {
          sentence: `by ${how}, after a redirect to itself`,
          python: fetching(code, redirecting("http://rebind.test:8000/", "http://rebind.test")),
          names: rebinding,
          attacked: { flags: mode, prints: failing(refusedName("rebind.test", "127.0.0.1")), reaches: cameFromOutside },
          allowed: gets([...mode, "--allow-net=rebind.test"]),
          native,
        },
        {
          sentence: `by ${how}, being denied, and is not looked up`,
          python: fetching(code, redirecting("http://leak.test:8000/")),
          names: { "leak.test": ["10.0.0.5"] },
          attacked: {
            flags: [...mode, "--deny-net=leak.test"],
            prints: failing("denied by --deny-net=leak.test"),
            reaches: cameFromOutside,
            asks: [],
          },
          allowed: gets([...mode, "--allow-net=leak.test"]),
          native,
        },
      ]),
  );
}

/** What is no HTTP, and must not be had by asking for it as if it were. */
const OTHER_SCHEMES: Readonly<Record<string, string>> = {
  "a file of this machine": "file:///etc/hosts",
  "a file of this machine, by a host": "file://localhost/etc/hosts",
  "a file of this machine, by a redirect": redirecting("file:///etc/hosts"),
  "FTP, by a redirect": redirecting("ftp://127.0.0.1:2525/file"),
  "Bun's own files, by a redirect": redirecting("file:///proc/self/environ"),
};

for (const [what, url] of Object.entries(OTHER_SCHEMES)) {
  ways(
    network,
    `there is no way to ${what}`,
    Object.entries(BROWSER).map(
      ([how, code]): Way => ({
        sentence: `by ${how}`,
        python: fetching(code, url),
        attacked: { prints: /^raised: /, reaches: url.startsWith("http") ? cameFromOutside : [] },
        allowed: { never: "it is no HTTP" },
        native,
      }),
    ),
  );
}

/** Two readers of such a URL may see two hosts; the one that is checked must be the one that is dialled. */
const AMBIGUOUS: readonly string[] = [
  `http://${PUBLIC.first}:8000\\@127.0.0.1:8000/`,
  `http://${PUBLIC.first}:8000#@127.0.0.1:8000/`,
  `http://${PUBLIC.first}:8000?@127.0.0.1:8000/`,
  `http:/\\${PUBLIC.first}:8000/\\127.0.0.1:8000/`,
  `http://${PUBLIC.first}:8000\t@127.0.0.1:8000/`,
  `http://${PUBLIC.first}:8000;@127.0.0.1:8000/`,
];

ways(
  network,
  "a URL that can be read in two ways leads outside, or nowhere:",
  AMBIGUOUS.flatMap((url) =>
    Object.entries(BROWSER).map(
      ([how, code]): Way => ({
        sentence: `${JSON.stringify(url)}, by ${how}`,
        python: `
${fetching(code, url)} == "SECRET"`,
        attacked: { prints: /^(?:got: False$|raised: )/, reaches: [`${PUBLIC.first}:8000`] },
        allowed: { never: "what it leads to is not said" },
        native,
      }),
    ),
  ),
);

const only = { flags: ["--net", "xhr"] };

ways(network, "under --net xhr", [
  ...TARGETS.filter(({ what }) => what !== "full-width digits" && what !== "a host behind a user").map(
    ({ what, url, refusal, allow, reaches = [], names }): Way => ({
      sentence: `urllib does not get to ${what}`,
      python: byUrllib(url),
      ...(names && { names }),
      attacked: { ...only, prints: refusal, reaches },
      allowed: gets([...only.flags, `--allow-net=${allow}`]),
      native,
    }),
  ),
  {
    sentence: "urllib does not get to a name that has changed its address since its redirect",
    python: byUrllib(redirecting("http://rebind.test:8000/", "http://rebind.test")),
    names: rebinding,
    attacked: { ...only, prints: refusedName("rebind.test", "127.0.0.1"), reaches: cameFromOutside },
    allowed: gets([...only.flags, "--allow-net=rebind.test"]),
    native,
  },
  {
    sentence: "there are no sockets",
    python: `${GET}
get("${PUBLIC.first}")`,
    attacked: {
      ...only,
      prints:
        "refused: [Errno 13] Permission denied: woma was started with --net xhr: this program has HTTP alone; --net sockets lets it connect",
    },
    allowed: { flags: ["--net", "sockets"], prints: "got: PUBLIC" },
  },
  {
    sentence: "there are no lookups either",
    python: `
import socket
socket.getaddrinfo("leak.test", 80)
"looked up"`,
    names: { "leak.test": [PUBLIC.first] },
    attacked: {
      ...only,
      prints: /^(?:refused|raised): .*--net xhr/,
      asks: [],
    },
    allowed: { flags: ["--net", "sockets"], prints: "got: looked up" },
  },
]);
