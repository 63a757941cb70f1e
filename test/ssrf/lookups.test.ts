/** The attacker sends out what it knows in the names that it looks up: whoever answers for a zone reads every question. */
import { describe, expect } from "bun:test";
import { testUnless } from "../support/loud-skip.ts";
import { PUBLIC } from "./support/addresses.ts";
import { denied, noNetwork } from "./support/expected.ts";
import type { Turn } from "./support/messages.ts";
import { networkForFile, noPrivateNetwork } from "./support/private-network.ts";
import { byUrllib } from "./support/python.ts";
import { allowedTogether, type Way, ways } from "./support/way.ts";

const network = networkForFile();

const LOOKED_UP = "got: looked up";

/** Each looks up leak.test, and succeeds. */
const WAYS: Readonly<Record<string, string>> = {
  getaddrinfo: `socket.getaddrinfo("leak.test", 80)`,
  "getaddrinfo, for IPv4 only": `socket.getaddrinfo("leak.test", 80, socket.AF_INET)`,
  "getaddrinfo, of bytes": `socket.getaddrinfo(b"leak.test", 80)`,
  gethostbyname: `socket.gethostbyname("leak.test")`,
  gethostbyname_ex: `socket.gethostbyname_ex("leak.test")`,
  "a connection": `socket.create_connection(("leak.test", 80), 10).close()`,
  "a socket's connect": `socket.socket().connect(("leak.test", 80))`,
  "a URL": byUrllib("http://leak.test/"),
  "asyncio's getaddrinfo": `
import asyncio
async def look(): return await asyncio.get_running_loop().getaddrinfo("leak.test", 80)
asyncio.run(look())`,
  "an asyncio connection": `
import asyncio
async def look():
    _, writer = await asyncio.open_connection("leak.test", 80)
    writer.close()
asyncio.run(look())`,
  capitals: `socket.getaddrinfo("LEAK.Test", 80)`,
  "a dot at its end": `socket.getaddrinfo("leak.test.", 80)`,
  "full-width letters": `socket.getaddrinfo("ｌｅａｋ.test", 80)`,
  "an ideographic full stop": `socket.getaddrinfo("leak。test", 80)`,
  "what IDNA drops inside it": `socket.getaddrinfo("le\\u00adak.test", 80)`,
};

/** These look up nothing but the name. */
const WITHOUT_PORT = ["gethostbyname", "gethostbyname_ex", "a socket's connect"];

const leak: Way = {
  sentence: "leak.test",
  python: "",
  names: { "leak.test": [PUBLIC.first], "sub.leak.test": [PUBLIC.first] },
  attacked: { flags: ["--deny-net=leak.test"], prints: denied("--deny-net=leak.test"), asks: [] },
  allowed: { prints: LOOKED_UP },
};

const looking = (code: string) => `
import socket
${code.trim()}
"looked up"`;

ways(
  network,
  "a name that is denied is not looked up, by",
  allowedTogether(Object.entries(WAYS).map(([sentence, code]): Way => ({ ...leak, sentence, python: looking(code) }))),
);

ways(
  network,
  "no name is looked up under a bare --deny-net, by",
  allowedTogether(
    Object.entries(WAYS).map(([sentence, code]): Way => {
      return {
        ...leak,
        sentence,
        python: looking(code),
        attacked: {
          flags: ["--deny-net"],
          prints: noNetwork("leak.test", WITHOUT_PORT.includes(sentence) ? undefined : 80),
          asks: [],
        },
      };
    }),
  ),
);

const lookup = (name: string) => looking(`socket.getaddrinfo(${JSON.stringify(name)}, 80)`);
const anyName = (name: string) => ({ [name]: [PUBLIC.first] });

ways(network, "a name is not looked up", [
  {
    sentence: "for the address that a connection is to come from",
    python: looking(`
try: socket.create_connection(("${PUBLIC.first}", 80), 10, ("leak.test", 0))
except OSError: pass`),
    names: anyName("leak.test"),
    attacked: { prints: LOOKED_UP, asks: [] },
    allowed: { never: "woma gives no socket an address" },
    native: { prints: LOOKED_UP },
  },
  {
    sentence: "that lies under a denied one by its wildcard",
    python: lookup("what-i-know.leak.test"),
    names: anyName("what-i-know.leak.test"),
    attacked: { flags: ["--deny-net=*.leak.test"], prints: denied("--deny-net='*.leak.test'"), asks: [] },
    allowed: {
      flags: ["--deny-net=leak.test"],
      prints: LOOKED_UP,
      asks: ["A", "AAAA"].map((type) => `${type} what-i-know.leak.test`),
    },
  },
  ...["sub.good.test", "good.test.leak.test", "xgood.test", "test", "good"].map((name): Way => {
    return {
      sentence: `${name}, where good.test alone is allowed`,
      python: lookup(name),
      names: anyName(name.includes(".") ? name : `${name}.corp.test`),
      attacked: { flags: ["--deny-net", "--allow-net=good.test"], prints: noNetwork(name, 80), asks: [] },
      allowed: { prints: LOOKED_UP },
    };
  }),
  ...["good.test.leak.test", "xgood.test", "x.good.test.leak.test"].map((name): Way => {
    return {
      sentence: `${name}, where *.good.test alone is allowed`,
      python: lookup(name),
      names: anyName(name),
      attacked: {
        flags: ["--deny-net", "--allow-net=*.good.test"],
        prints: noNetwork(name, 80),
        asks: [],
      },
      allowed: { prints: LOOKED_UP },
    };
  }),
  {
    sentence: "that is denied, after one that is allowed with the same address",
    python: looking(`socket.getaddrinfo("good.test", 80); socket.getaddrinfo("leak.test", 80)`),
    names: { "good.test": [PUBLIC.first], "leak.test": [PUBLIC.first] },
    attacked: {
      flags: ["--allow-net", "--deny-net=leak.test"],
      prints: denied("--deny-net=leak.test"),
      asks: ["A good.test", "AAAA good.test"],
    },
    allowed: { prints: LOOKED_UP },
  },
  {
    sentence: "that is both allowed and denied",
    python: lookup("leak.test"),
    names: anyName("leak.test"),
    attacked: {
      flags: ["--allow-net=leak.test", "--deny-net=leak.test"],
      prints: denied("--deny-net=leak.test"),
      asks: [],
    },
    allowed: { flags: ["--allow-net=leak.test"], prints: LOOKED_UP },
  },
  {
    sentence: "that the machine would complete to a denied one",
    python: lookup("leak"),
    names: anyName("leak.corp.test"),
    attacked: { flags: ["--deny-net=leak.corp.test"], prints: denied("--deny-net=leak.corp.test"), asks: [] },
    allowed: { prints: LOOKED_UP },
  },
  {
    sentence: "backwards, from an address",
    python: looking(`
try: socket.gethostbyaddr("${PUBLIC.first}")
except PermissionError: raise
except OSError: pass`),
    attacked: { flags: ["--deny-net"], prints: LOOKED_UP, asks: [] },
    allowed: { never: "woma looks up no names of addresses" },
    native: { prints: LOOKED_UP },
  },
]);

describe("a lookup that comes to nothing is told as Python tells it:", () => {
  const [unknown, again] = ["[Errno -2] Name or service not known", "[Errno -3] Temporary failure in name resolution"];
  const failures: Readonly<Record<string, readonly [turn: Turn, told: string]>> = {
    "a name that does not exist": [{ ipv4: "NXDOMAIN", ipv6: "NXDOMAIN" }, unknown],
    "a name without an address": [{}, unknown],
    "a server that fails": [{ ipv4: "SERVFAIL", ipv6: "SERVFAIL" }, again],
    "a server that never answers": [{ ipv4: "no answer", ipv6: "no answer" }, again],
  };
  for (const [what, [turn, told]] of Object.entries(failures)) {
    testUnless(noPrivateNetwork, what, async () => {
      await network().prepare({ "inside.test": { turns: [turn], afterwards: "the last again" } });
      const program = `
import socket
try: socket.getaddrinfo("inside.test", 80)
except socket.gaierror as error: print(error)`;
      expect(await network().woma(["-c", program])).toEqual({ stdout: `${told}\n`, stderr: "", exitCode: 0 });
    });
  }
});
