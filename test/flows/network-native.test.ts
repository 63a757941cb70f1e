import { expect } from "bun:test";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { noPython, runBeside } from "../support/beside-python.ts";
import { openServices, type ServiceName } from "../support/loopback-services.ts";
import { testUnless } from "../support/loud-skip.ts";

const PROGRAMS: readonly (readonly [sentence: string, program: string, services: readonly ServiceName[]])[] = [
  ["in every state of a connection", "states.py", ["echo", "greet", "reset", "silent", "closed"]],
  ["in each way to send and receive, and their options", "messages.py", ["echo", "source"]],
  ["about names, services and addresses", "lookups.py", []],
  ["by asyncio and selectors, two hundred at once", "events.py", ["echo", "greet", "silent", "closed"]],
];

for (const [sentence, program, names] of PROGRAMS)
  testUnless(noPython(), `sockets do as native Python's: ${sentence}`, async () => {
    await using services = await openServices(names);
    const path = join(import.meta.dir, "network", program);
    const { woma, python } = await runBeside(path, { flags: ["--allow-net=127.0.0.1"], args: services.ports });
    expect(woma).toBe(python);
    expect(woma.split("\n").length).toBeGreaterThan(20);
  });

const noIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === "::1"))
  ? noPython()
  : "needs ::1";

testUnless(noIpv6, "sockets do as native Python's: over IPv6", async () => {
  await using services = await openServices(["echo", "closed"], "::1");
  const flags = ["--allow-net=[::1],127.0.0.1"];
  const { woma, python } = await runBeside(join(import.meta.dir, "network", "six.py"), { flags, args: services.ports });
  expect(woma).toBe(python);
  expect(woma.split("\n").length).toBeGreaterThan(15);
});
