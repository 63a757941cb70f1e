/** The attacker owns a name, and answers lookups of it as he likes. */
import { PORT, PUBLIC } from "./support/addresses.ts";
import { allow, gets, refusedAddress, refusedName } from "./support/expected.ts";
import { networkForFile } from "./support/private-network.ts";
import { GET, overSocket } from "./support/python.ts";
import { type Way, ways } from "./support/way.ts";

const network = networkForFile();

/** What a name's public addresses come to when the others are left out. */
const NOBODY_THERE = "raised: ConnectionRefusedError: [Errno 111] Connection refused";

const inside: Way = {
  sentence: "127.0.0.1",
  python: overSocket("inside.test"),
  names: { "inside.test": ["127.0.0.1"] },
  attacked: { prints: refusedName("inside.test", "127.0.0.1") },
  allowed: gets(["--allow-net=inside.test:8000"]),
};

ways(network, "a name whose address is", [
  inside,
  ...["10.0.0.5", "192.168.1.1", "::1", "fd12:3456:789a::1", "::ffff:127.0.0.1", "::ffff:10.0.0.5"].map(
    (address): Way => ({
      ...inside,
      sentence: address,
      names: { "inside.test": [address] },
      attacked: { prints: refusedName("inside.test", address.replace("::ffff:", "")) },
    }),
  ),
  {
    ...inside,
    sentence: "one of both internets'",
    names: { "inside.test": ["127.0.0.1", "::1"] },
    attacked: { prints: refusedName("inside.test", "::1") },
  },
  {
    ...inside,
    sentence: "another name's, an alias",
    names: {
      "inside.test": { turns: [{ alias: "db.corp.test" }], afterwards: "the last again" },
      "db.corp.test": ["10.0.0.5"],
    },
    attacked: { prints: refusedName("inside.test", "10.0.0.5") },
  },
  {
    ...inside,
    sentence: "at the end of a chain of aliases",
    names: {
      "inside.test": { turns: [{ alias: "one.test" }], afterwards: "the last again" },
      "one.test": { turns: [{ alias: "two.test" }], afterwards: "the last again" },
      "two.test": { turns: [{ alias: "three.test" }], afterwards: "the last again" },
      "three.test": ["192.168.1.1"],
    },
    attacked: { prints: refusedName("inside.test", "192.168.1.1") },
  },
  {
    ...inside,
    sentence: "the last of many",
    names: { "inside.test": [...Array.from({ length: 50 }, (_, number) => `8.8.${number}.8`), "10.0.0.5"] },
    // The others are tried, and no road leads there.
    attacked: { prints: /^raised: \w*Error: \[Errno 1(?:01|11)\]/ },
  },
  {
    ...inside,
    sentence: "beside a public one where nobody answers",
    python: overSocket("inside.test", PORT.insideWeb),
    names: { "inside.test": [PUBLIC.first, "10.0.0.5"] },
    attacked: { prints: NOBODY_THERE },
    allowed: gets(["--allow-net=inside.test:9000"]),
  },
  {
    ...inside,
    sentence: "IPv6's, beside a public one of IPv4's",
    python: overSocket("inside.test", PORT.insideWeb),
    names: { "inside.test": [PUBLIC.first, "::1"] },
    attacked: { prints: NOBODY_THERE },
    allowed: gets(["--allow-net=inside.test:9000"]),
  },
  {
    ...inside,
    sentence: "found slowly",
    names: { "inside.test": { turns: [{ addresses: ["10.0.0.5"], afterMs: 600 }], afterwards: "the last again" } },
    attacked: { prints: refusedName("inside.test", "10.0.0.5") },
  },
  {
    ...inside,
    sentence: "known in IPv4, the question for IPv6 failing",
    names: { "inside.test": { turns: [{ addresses: ["10.0.0.5"], ipv6: "SERVFAIL" }], afterwards: "the last again" } },
    attacked: { prints: refusedName("inside.test", "10.0.0.5") },
  },
  {
    ...inside,
    sentence: "known in IPv4, the name not existing in IPv6",
    names: { "inside.test": { turns: [{ addresses: ["10.0.0.5"], ipv6: "NXDOMAIN" }], afterwards: "the last again" } },
    attacked: { prints: refusedName("inside.test", "10.0.0.5") },
  },
]);

const BY_ADDRESS_ONLY = [
  "0.0.0.0",
  "169.254.169.254",
  "169.254.1.1",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
  "240.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "2001:db8::1",
  "64:ff9b::a9fe:a9fe",
  "::ffff:169.254.169.254",
];

ways(
  network,
  "a name that is itself allowed, whose address is",
  BY_ADDRESS_ONLY.map((address): Way => {
    const plain = address.replace("::ffff:", "");
    return {
      sentence: address,
      python: overSocket("inside.test"),
      names: { "inside.test": [address] },
      attacked: { flags: ["--allow-net=inside.test"], prints: refusedName("inside.test", plain) },
      allowed: gets([allow(plain, PORT.web)]),
    };
  }),
);

const named = (sentence: string, typed: string, name: string, address = "10.0.0.5"): Way => ({
  sentence,
  python: overSocket(typed),
  names: { [name]: [address] },
  attacked: { prints: refusedName(name, address) },
  allowed: gets([`--allow-net=${name}`]),
});

ways(network, "a name, written", [
  named("with a dot at the end", "inside.test.", "inside.test"),
  named("in capitals", "INSIDE.Test", "inside.test"),
  named("with an underscore", "_inside.test", "_inside.test"),
  named("in another script", "bücher.test", "xn--bcher-kva.test"),
  named("in another script, as ASCII", "xn--bcher-kva.test", "xn--bcher-kva.test"),
  named("in full-width letters", "ｉｎｓｉｄｅ.test", "inside.test"),
  named("like an address at its start", "127.0.0.1.inside.test", "127.0.0.1.inside.test"),
  ...["i", "intranet"].map(
    (typed): Way => ({
      ...named(`as ${typed}, without the domain that the machine adds`, typed, `${typed}.corp.test`),
      attacked: { prints: refusedName(typed, "10.0.0.5") },
      allowed: gets([`--allow-net=${typed}`]),
    }),
  ),
]);

ways(network, "a name that this machine knows:", [
  ...[
    ["localhost", "::1"],
    ["LOCALHOST", "::1"],
    ["ip6-localhost", "::1"],
    ["intranet-file", "10.0.0.5"],
  ].map(
    ([name = "", address = ""]): Way => ({
      sentence: name,
      python: overSocket(name),
      attacked: { prints: refusedName(name.toLowerCase(), address), asks: [] },
      allowed: gets([`--allow-net=${name.toLowerCase()}`]),
    }),
  ),
  {
    sentence: "its cloud's metadata",
    python: overSocket("metadata.google.internal", 80),
    attacked: { prints: refusedName("metadata.google.internal", "169.254.169.254", 80), asks: [] },
    allowed: gets(["--allow-net=169.254.169.254"]),
  },
  {
    sentence: "a name under localhost, which lookups may not ask others for",
    python: overSocket("anything.localhost"),
    names: { "anything.localhost": ["127.0.0.1"] },
    attacked: { prints: refusedName("anything.localhost", "127.0.0.1") },
    allowed: gets(["--allow-net=anything.localhost"]),
  },
]);

const publicThenInside = {
  "rebind.test": { turns: [{ addresses: [PUBLIC.first] }, { addresses: ["127.0.0.1"] }], afterwards: "the last again" },
} as const;
const insideThenPublic = {
  "rebind.test": { turns: [{ addresses: ["127.0.0.1"] }, { addresses: [PUBLIC.first] }], afterwards: "the last again" },
} as const;
const refused = refusedName("rebind.test", "127.0.0.1");
const allowed = gets(["--allow-net=rebind.test"]);

ways(network, "a name whose answer changes", [
  {
    sentence: "between two connections",
    python: `${GET}
get("rebind.test")
get("rebind.test")`,
    names: publicThenInside,
    attacked: { prints: refused, reaches: [`${PUBLIC.first}:8000`] },
    allowed,
  },
  {
    sentence: "between the program's look at it and the connection",
    python: `${GET}
import ipaddress
assert ipaddress.ip_address(socket.gethostbyname("rebind.test")).is_global
get("rebind.test")`,
    names: publicThenInside,
    attacked: { prints: refused },
    allowed,
  },
  {
    sentence: "between the lookup of a list and the connection by name",
    python: `${GET}
found = socket.getaddrinfo("rebind.test", 8000, type=socket.SOCK_STREAM)
connection = socket.socket(found[0][0])
connection.connect(("rebind.test", 8000))
page(connection)`,
    names: publicThenInside,
    // The lookup that connect() makes knows no port.
    attacked: { prints: refusedName("rebind.test", "127.0.0.1", "any port") },
    allowed,
  },
  {
    sentence: "with each lookup, a hundred times",
    python: `${GET}
got = set()
for _ in range(100):
    try: got.add(get("rebind.test"))
    except PermissionError as error: refusal = error
if "SECRET" not in got: raise refusal
"SECRET"`,
    names: { "rebind.test": { ...publicThenInside["rebind.test"], afterwards: "the first again" } },
    attacked: { prints: refused, reaches: [`${PUBLIC.first}:8000`] },
    allowed,
  },
  {
    sentence: "in IPv6 alone",
    python: `${GET}
get("rebind.test")
get("rebind.test", 9000)`,
    names: {
      "rebind.test": {
        turns: [{ addresses: [PUBLIC.first] }, { addresses: [PUBLIC.first, "::1"] }],
        afterwards: "the last again",
      },
    },
    attacked: { prints: NOBODY_THERE, reaches: [`${PUBLIC.first}:8000`] },
    allowed,
  },
  {
    sentence: "to what was refused at first, and is refused again",
    python: `${GET}
try: get("rebind.test")
except PermissionError: assert get("rebind.test") == "PUBLIC"
get("127.0.0.1")`,
    names: insideThenPublic,
    attacked: { prints: refusedAddress("127.0.0.1"), reaches: [`${PUBLIC.first}:8000`] },
    allowed: gets(["--allow-net=127.0.0.1"]),
  },
  {
    sentence: "while the refused one was still to be answered",
    python: `${GET}
get("rebind.test")
get("rebind.test")`,
    names: {
      "rebind.test": {
        turns: [{ addresses: [PUBLIC.first] }, { addresses: ["10.0.0.5"], afterMs: 700 }],
        afterwards: "the last again",
      },
    },
    attacked: { prints: refusedName("rebind.test", "10.0.0.5"), reaches: [`${PUBLIC.first}:8000`] },
    allowed,
  },
]);
