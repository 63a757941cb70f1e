/** The attacker tries one range after the other that is not the public internet's. */
import { describe, expect } from "bun:test";
import { testUnless } from "../support/loud-skip.ts";
import { BORDERS, INSIDE, LINK_LOCAL_IPV6, PORT, PUBLIC } from "./support/addresses.ts";
import { allow, gets, refusedAddress } from "./support/expected.ts";
import { networkForFile, noPrivateNetwork } from "./support/private-network.ts";
import { overOwnSocket, overSocket } from "./support/python.ts";
import { allowedTogether, type Way, ways } from "./support/way.ts";

const network = networkForFile();
const port = PORT.web;

for (const [range, addresses] of Object.entries(INSIDE)) {
  ways(
    network,
    `an address that is ${range}:`,
    allowedTogether(
      addresses.map((address) => ({
        sentence: address,
        python: overSocket(address),
        attacked: { prints: refusedAddress(address) },
        allowed: gets([allow(address, port)]),
      })),
    ),
  );
}

const cannotConnect = "the kernel opens no TCP connection to such an address";

ways(
  network,
  "an address that is of no single machine:",
  allowedTogether([
    ...["224.0.0.1", "239.255.255.250", "255.255.255.255"].map(
      (address): Way => ({
        sentence: address,
        python: overSocket(address),
        attacked: { prints: refusedAddress(address) },
        allowed: { never: cannotConnect },
      }),
    ),
    {
      sentence: "ff02::1",
      python: overSocket("ff02::1"),
      attacked: { prints: refusedAddress("ff02::1") },
      allowed: { never: cannotConnect },
    },
    {
      sentence: "broadcast, by Python's word for it",
      python: overOwnSocket(`connection.connect(("<broadcast>", 8000))`),
      attacked: { prints: refusedAddress("255.255.255.255") },
      allowed: { never: cannotConnect },
    },
  ]),
);

ways(
  network,
  "an address that is link-local in IPv6:",
  allowedTogether([
    {
      sentence: "with its interface's name",
      python: overSocket(`${LINK_LOCAL_IPV6}%lo`),
      attacked: { prints: refusedAddress(LINK_LOCAL_IPV6) },
      allowed: gets([`--allow-net=[${LINK_LOCAL_IPV6}]:8000`]),
    },
    {
      sentence: "with its interface's number",
      python: overOwnSocket(`connection.connect(("${LINK_LOCAL_IPV6}", 8000, 0, 1))`, "socket.AF_INET6"),
      attacked: { prints: refusedAddress(LINK_LOCAL_IPV6) },
      allowed: gets([`--allow-net=[${LINK_LOCAL_IPV6}]:8000`]),
    },
  ]),
);

describe("an address that is public", () => {
  testUnless(noPrivateNetwork, "is reached without a flag, those beside each range too", async () => {
    await network().prepare();
    const addresses = [...Object.values(PUBLIC), ...BORDERS];
    const program = `
import socket
for address in ${JSON.stringify(addresses)}:
    try: socket.create_connection((address, 8000), 5).close()
    except OSError as error: print(address, error)`;
    expect(await network().woma(["-c", program])).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect((await network().seen()).connections).toHaveLength(addresses.length);
  });
});
