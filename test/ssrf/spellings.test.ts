/** The attacker spells an address of the inside so that who compares texts does not know it again. */
import { PORT } from "./support/addresses.ts";
import { allow, gets, refusedAddress } from "./support/expected.ts";
import type { Names } from "./support/messages.ts";
import { networkForFile } from "./support/private-network.ts";
import { byUrllib, overOwnSocket, overSocket } from "./support/python.ts";
import { allowedTogether, type Way, ways } from "./support/way.ts";

const network = networkForFile();

/** Each with the address that it means. */
const SPELLINGS: readonly (readonly [what: string, spelling: string, means?: string, names?: Names])[] = [
  ["plain", "127.0.0.1"],
  ["one decimal number", "2130706433"],
  ["one octal number", "017700000001"],
  ["one hexadecimal number", "0x7f000001"],
  ["one hexadecimal number in capitals", "0X7F000001"],
  ["octal numbers", "0177.0.0.1"],
  ["octal numbers with more zeros", "0000177.00.000.01"],
  ["hexadecimal numbers", "0x7f.0x0.0x0.0x1"],
  ["mixed numbers", "0x7f.0.1"],
  ["short by two", "127.1"],
  ["short by one", "127.0.1"],
  ["another one of loopback's", "127.255.255.254", "127.255.255.254"],
  ["the metadata's as one number", "2852039166", "169.254.169.254"],
  ["the metadata's in octal", "0251.0376.0251.0376", "169.254.169.254"],
  ["a private one as one number", "0xa000005", "10.0.0.5"],
  ["zero", "0", "0.0.0.0"],
  ["four zeros", "0.0.0.0", "0.0.0.0"],
  ["full-width digits", "１２７.０.０.１"],
  ["digits in circles", "①②⑦.⓪.⓪.①"],
  ["mathematical digits", "𝟏𝟐𝟕.𝟎.𝟎.𝟏"],
  ["ideographic full stops", "127。0。0。1"],
  ["half-width full stops", "127｡0｡0｡1"],
  ["digits with what IDNA drops between them", "12\u00ad7.0.0.1"],
  ["a dot at the end", "127.0.0.1.", "127.0.0.1", { "127.0.0.1": ["127.0.0.1"] }],
  ["IPv6's", "::1", "::1"],
  ["IPv6's with all its zeros", "0000:0000:0000:0000:0000:0000:0000:0001", "::1"],
  ["IPv6's with IPv4 at the end", "::0.0.0.1", "::1"],
  ["IPv6's nothing", "::", "::"],
  ["mapped to IPv6", "::ffff:127.0.0.1", "127.0.0.1"],
  ["mapped to IPv6, in hexadecimal", "::FFFF:7F00:1", "127.0.0.1"],
  ["mapped to IPv6, with all its zeros", "0:0:0:0:0:ffff:127.0.0.1", "127.0.0.1"],
  ["zero, mapped to IPv6", "::ffff:0.0.0.0", "0.0.0.0"],
  ["the metadata's, mapped to IPv6", "::ffff:169.254.169.254", "169.254.169.254"],
];

const rows = SPELLINGS.map(([what, spelling, means = "127.0.0.1", names]): Way => {
  const port = PORT.web;
  return {
    sentence: what,
    python: overSocket(spelling, port),
    ...(names && { names }),
    attacked: { prints: refusedAddress(means) },
    allowed: gets([allow(means, port)]),
  };
});

ways(
  network,
  "an address of the inside, spelled:",
  allowedTogether([
    ...rows,
    {
      sentence: "nothing at all, which is any address of this machine",
      python: overOwnSocket(`connection.connect(("", 8000))`),
      attacked: { prints: refusedAddress("0.0.0.0") },
      allowed: gets(["--allow-net=0.0.0.0:8000"]),
    },
    {
      sentence: "bytes",
      python: overOwnSocket(`connection.connect((bytearray(b"127.0.0.1"), 8000))`),
      attacked: { prints: refusedAddress("127.0.0.1") },
      allowed: gets(["--allow-net=127.0.0.1:8000"]),
    },
    {
      sentence: "with a scope, which IPv6 has for what is near",
      python: overOwnSocket(`connection.connect(("::1", 8000, 0, 1))`, "socket.AF_INET6"),
      attacked: { prints: refusedAddress("::1") },
      allowed: gets(["--allow-net=[::1]:8000"]),
    },
  ]),
);

const URLS: readonly (readonly [what: string, host: string, means?: string])[] = [
  ["a number", "2130706433"],
  ["a short address", "127.1"],
  ["percent-encoded digits", "%31%32%37.0.0.1"],
  ["IPv6 in brackets", "[::1]", "::1"],
  ["a mapped address in brackets", "[::ffff:7f00:1]"],
];

ways(
  network,
  "an address of the inside, in a URL:",
  allowedTogether(
    URLS.map(([what, host, means = "127.0.0.1"]) => ({
      sentence: what,
      python: byUrllib(`http://${host}:8000/`),
      attacked: { prints: refusedAddress(means) },
      allowed: gets([allow(means, 8000)]),
    })),
  ),
);
