/** The attacker has been allowed one thing, and makes another of it. */
import { PUBLIC } from "./support/addresses.ts";
import { denied, gets, noNetwork, refusedAddress, refusedName } from "./support/expected.ts";
import { networkForFile } from "./support/private-network.ts";
import { GET, overOwnSocket, overSocket } from "./support/python.ts";
import { type Way, ways } from "./support/way.ts";

const network = networkForFile();

ways(network, "a grant of one port does not reach", [
  {
    sentence: "the next port of the address",
    python: overSocket("127.0.0.1", 8001),
    attacked: { flags: ["--allow-net=127.0.0.1:8000"], prints: refusedAddress("127.0.0.1", 8001) },
    allowed: gets(["--allow-net=127.0.0.1:8001"]),
  },
  {
    sentence: "the port behind a range",
    python: overSocket("127.0.0.1", 8001),
    attacked: { flags: ["--allow-net=127.0.0.1:7000-8000"], prints: refusedAddress("127.0.0.1", 8001) },
    allowed: gets(["--allow-net=127.0.0.1:7000-8001"]),
  },
  {
    sentence: "the port before a range",
    python: overSocket("127.0.0.1", 8000),
    attacked: { flags: ["--allow-net=127.0.0.1:8001-9000"], prints: refusedAddress("127.0.0.1") },
    allowed: gets(["--allow-net=127.0.0.1:8000-9000"]),
  },
  {
    sentence: "the next port of the name",
    python: overSocket("inside.test", 8001),
    names: { "inside.test": ["127.0.0.1"] },
    attacked: { flags: ["--allow-net=inside.test:8000"], prints: refusedName("inside.test", "127.0.0.1", 8001) },
    allowed: gets(["--allow-net=inside.test:8001"]),
  },
  {
    sentence: "the next port by a service number that wraps around",
    python: `${GET}
found = socket.getaddrinfo("127.0.0.1", "73537", type=socket.SOCK_STREAM)
get(*found[0][4][:2])`,
    attacked: { flags: ["--allow-net=127.0.0.1:8000"], prints: refusedAddress("127.0.0.1", 8001) },
    allowed: gets(["--allow-net=127.0.0.1:8001"]),
  },
  {
    sentence: "the next port of a name that was looked up for the first",
    python: `${GET}
found = socket.getaddrinfo("inside.test", 8000, type=socket.SOCK_STREAM)
get(found[0][4][0], 8001)`,
    names: { "inside.test": ["127.0.0.1"] },
    attacked: { flags: ["--allow-net=inside.test:8000"], prints: refusedName("inside.test", "127.0.0.1", 8001) },
    allowed: gets(["--allow-net=inside.test:8000-8001"]),
  },
]);

ways(network, "a grant of a name does not reach", [
  {
    sentence: "its address, typed without a lookup",
    python: overSocket("127.0.0.1"),
    names: { "inside.test": ["127.0.0.1"] },
    attacked: { flags: ["--allow-net=inside.test"], prints: refusedAddress("127.0.0.1"), asks: [] },
    allowed: gets(["--allow-net=127.0.0.1"]),
  },
  {
    sentence: "its address, typed after another name's lookup",
    python: `${GET}
try: socket.getaddrinfo("other.test", 8000)
except PermissionError: pass
get("127.0.0.1")`,
    names: { "inside.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] },
    attacked: { flags: ["--allow-net=inside.test"], prints: refusedAddress("127.0.0.1") },
    allowed: gets(["--allow-net=127.0.0.1"]),
  },
  {
    sentence: "another of loopback's addresses, after its lookup",
    python: `${GET}
socket.getaddrinfo("inside.test", 8000)
get("127.255.255.254")`,
    names: { "inside.test": ["127.0.0.1"] },
    attacked: { flags: ["--allow-net=inside.test"], prints: refusedAddress("127.255.255.254") },
    allowed: gets(["--allow-net=127.0.0.0/8"]),
  },
  {
    sentence: "another name at the same address",
    python: `${GET}
get("inside.test")
get("other.test")`,
    names: { "inside.test": ["10.0.0.5"], "other.test": ["10.0.0.5"] },
    attacked: {
      flags: ["--allow-net=inside.test"],
      prints: refusedName("other.test", "10.0.0.5"),
      reaches: ["10.0.0.5:8000"],
    },
    allowed: gets(["--allow-net=inside.test,other.test"]),
  },
  {
    sentence: "another name at the same address, at another port than its own grant's",
    python: `${GET}
get("inside.test")
get("other.test")`,
    names: { "inside.test": ["10.0.0.5"], "other.test": ["10.0.0.5"] },
    attacked: {
      flags: ["--allow-net=inside.test:8000,other.test:8001"],
      prints: refusedName("other.test", "10.0.0.5"),
      reaches: ["10.0.0.5:8000"],
    },
    allowed: gets(["--allow-net=inside.test:8000,other.test:8000"]),
  },
  {
    sentence: "another name at the same address that is denied at that port",
    python: `${GET}
get("inside.test")
get("other.test")`,
    names: { "inside.test": ["10.0.0.5"], "other.test": ["10.0.0.5"] },
    attacked: {
      flags: ["--allow-net=inside.test,other.test", "--deny-net=other.test:8000"],
      prints: denied("--deny-net=other.test:8000"),
      reaches: ["10.0.0.5:8000"],
    },
    allowed: gets(["--allow-net=inside.test,other.test", "--deny-net=other.test:8001"]),
  },
  {
    sentence: "the alias that it stands for",
    python: overSocket("www.test"),
    names: {
      "www.test": { turns: [{ alias: "inside.test" }], afterwards: "the last again" },
      "inside.test": ["10.0.0.5"],
    },
    attacked: { flags: ["--allow-net=inside.test"], prints: refusedName("www.test", "10.0.0.5") },
    allowed: gets(["--allow-net=www.test"]),
  },
  ...["inside.test.evil.test", "xinside.test", "inside.test.corp.test", "x.inside.test"].map(
    (name): Way => ({
      sentence: `${name}, which is like it`,
      python: overSocket(name),
      names: { [name]: ["10.0.0.5"] },
      attacked: { flags: ["--allow-net=inside.test"], prints: refusedName(name, "10.0.0.5") },
      allowed: gets([`--allow-net=${name}`]),
    }),
  ),
  ...["inside.test", "inside.test.evil.test", "x.inside.test.evil.test", "xinside.test"].map(
    (name): Way => ({
      sentence: `${name}, by its wildcard`,
      python: overSocket(name),
      names: { [name]: ["10.0.0.5"] },
      attacked: { flags: ["--allow-net=*.inside.test"], prints: refusedName(name, "10.0.0.5") },
      allowed: gets([`--allow-net=${name}`]),
    }),
  ),
]);

ways(network, "a grant of a network does not reach", [
  {
    sentence: "the address before it",
    python: overSocket("10.0.0.5"),
    attacked: { flags: ["--allow-net=10.0.0.6/31"], prints: refusedAddress("10.0.0.5") },
    allowed: gets(["--allow-net=10.0.0.4/31"]),
  },
  {
    sentence: "IPv6, all of IPv4 being granted",
    python: overSocket("::1"),
    attacked: { flags: ["--allow-net=0.0.0.0/0"], prints: refusedAddress("::1") },
    allowed: gets(["--allow-net=::/0"]),
  },
  {
    sentence: "IPv4, all of IPv6 being granted",
    python: overSocket("::ffff:127.0.0.1"),
    attacked: { flags: ["--allow-net=::/0"], prints: refusedAddress("127.0.0.1") },
    allowed: gets(["--allow-net=0.0.0.0/0"]),
  },
  {
    sentence: "the inside, one public address alone being granted",
    python: overSocket("10.0.0.5"),
    attacked: { flags: [`--allow-net=${PUBLIC.first}`], prints: refusedAddress("10.0.0.5") },
    allowed: gets(["--allow-net=10.0.0.5"]),
  },
]);

const gotPublic = "got: PUBLIC";

ways(network, "under --deny-net", [
  {
    sentence: "a public address",
    python: overSocket(PUBLIC.first),
    attacked: { flags: ["--deny-net"], prints: noNetwork(PUBLIC.first, 8000) },
    allowed: { prints: gotPublic },
  },
  {
    sentence: "a public address beside the one that is allowed",
    python: overSocket(PUBLIC.second),
    attacked: {
      flags: ["--deny-net", `--allow-net=${PUBLIC.first}`],
      prints: noNetwork(PUBLIC.second, 8000),
    },
    allowed: { flags: ["--deny-net", `--allow-net=${PUBLIC.second}`], prints: gotPublic },
  },
  {
    sentence: "the public address of an allowed name, typed",
    python: overSocket(PUBLIC.first),
    names: { "good.test": [PUBLIC.first] },
    attacked: {
      flags: ["--deny-net", "--allow-net=good.test"],
      prints: noNetwork(PUBLIC.first, 8000),
      asks: [],
    },
    allowed: { flags: ["--deny-net", `--allow-net=${PUBLIC.first}`], prints: gotPublic },
  },
  {
    sentence: "another port of a public name",
    python: overSocket("good.test", 8001),
    names: { "good.test": [PUBLIC.first] },
    attacked: {
      flags: ["--deny-net", "--allow-net=good.test:8000"],
      prints: noNetwork("good.test", 8001),
      asks: [],
    },
    allowed: { flags: ["--deny-net", "--allow-net=good.test:8001"], prints: gotPublic },
  },
]);

/** Everything is allowed but the named; each way leads to it under another name. */
const DENIED: readonly (readonly [sentence: string, python: string, deny: string, means?: string])[] = [
  ["127.0.0.1, itself", overSocket("127.0.0.1"), "127.0.0.1"],
  ["127.0.0.1, by its network", overSocket("127.0.0.1"), "127.0.0.0/8"],
  ["127.0.0.1, as a number", overSocket("2130706433"), "127.0.0.1"],
  ["127.0.0.1, mapped to IPv6", overSocket("::ffff:127.0.0.1"), "127.0.0.1"],
  [
    "127.0.0.1, mapped, by a socket of IPv6",
    overOwnSocket(`connection.connect(("::ffff:127.0.0.1", 8000))`, "socket.AF_INET6"),
    "127.0.0.1",
  ],
  ["127.0.0.1, compatible with IPv6", overSocket("::7f00:1"), "127.0.0.1"],
  ["127.0.0.1, by NAT64", overSocket("64:ff9b::7f00:1"), "127.0.0.1"],
  ["127.0.0.1, by 6to4", overSocket("2002:7f00:1::1"), "127.0.0.1"],
  ["127.0.0.1, by Teredo", overSocket("2001:0:4136:e378:8000:63bf:80ff:fffe"), "127.0.0.1"],
  ["127.0.0.1, as no address, which leads there", overSocket("0.0.0.0"), "127.0.0.1"],
  ["127.0.0.0/8, as no address, which leads there", overSocket("0.0.0.0"), "127.0.0.0/8"],
  ["127.0.0.1, as an empty host", overOwnSocket(`connection.connect(("", 8000))`), "127.0.0.1"],
  ["::1, as no address, which leads there", overSocket("::"), "::1"],
  ["::1, with a scope", overOwnSocket(`connection.connect(("::1", 8000, 0, 1))`, "socket.AF_INET6"), "::1"],
  ["127.0.0.1, by the machine's name for it", overOwnSocket(`connection.connect(("localhost", 8000))`), "127.0.0.1"],
  ["10.0.0.0/8, by a name", overSocket("inside.test"), "10.0.0.0/8"],
  ["inside.test, in capitals", overSocket("INSIDE.test"), "inside.test"],
  ["inside.test, with a dot", overSocket("inside.test."), "inside.test"],
  ["inside.test, by the wildcard of test", overSocket("inside.test"), "*.test"],
  ["one port", overSocket("127.0.0.1"), "127.0.0.1:8000"],
  ["all of IPv4", overSocket("127.0.0.1"), "0.0.0.0/0"],
  ["all of IPv4, mapped to IPv6", overSocket("::ffff:127.0.0.1"), "0.0.0.0/0"],
];

ways(
  network,
  "denied by name where all else is allowed:",
  DENIED.map(([sentence, python, deny]): Way => {
    const told = deny.startsWith("*") ? `--deny-net='${deny}'` : `--deny-net=${deny}`;
    return {
      sentence,
      python,
      names: { "inside.test": ["10.0.0.5"] },
      attacked: { flags: ["--allow-net", `--deny-net=${deny}`], prints: denied(told) },
      allowed: gets(["--allow-net"]),
    };
  }),
);

ways(network, "a denial wins over", [
  {
    sentence: "a grant of the same",
    python: overSocket("127.0.0.1"),
    attacked: {
      flags: ["--deny-net=127.0.0.1", "--allow-net=127.0.0.1"],
      prints: denied("--deny-net=127.0.0.1"),
    },
    allowed: gets(["--allow-net=127.0.0.1"]),
  },
  {
    sentence: "a narrower grant",
    python: overSocket("127.0.0.1"),
    attacked: {
      flags: ["--deny-net=127.0.0.0/8", "--allow-net=127.0.0.1:8000"],
      prints: denied("--deny-net=127.0.0.0/8"),
    },
    allowed: gets(["--deny-net=10.0.0.0/8", "--allow-net=127.0.0.1:8000"]),
  },
  {
    sentence: "a grant of the name, by its address",
    python: overSocket("inside.test"),
    names: { "inside.test": ["10.0.0.5"] },
    attacked: {
      flags: ["--allow-net=inside.test", "--deny-net=10.0.0.5"],
      prints: denied("--deny-net=10.0.0.5"),
    },
    allowed: gets(["--allow-net=inside.test", "--deny-net=10.0.0.6"]),
  },
  {
    sentence: "a grant of the address, by its name",
    python: overSocket("inside.test"),
    names: { "inside.test": ["10.0.0.5"] },
    attacked: {
      flags: ["--allow-net=10.0.0.5", "--deny-net=inside.test"],
      prints: denied("--deny-net=inside.test"),
      asks: [],
    },
    allowed: gets(["--allow-net=10.0.0.5", "--deny-net=outside.test"]),
  },
  {
    sentence: "a grant of all",
    python: overSocket("169.254.169.254", 80),
    attacked: {
      flags: ["--allow-net", "--deny-net=169.254.169.254"],
      prints: denied("--deny-net=169.254.169.254"),
    },
    allowed: gets(["--allow-net"]),
  },
]);
