import { expect } from "bun:test";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { noPython, runBeside } from "../support/beside-python.ts";
import { openServices, type ServiceName } from "../support/loopback-services.ts";
import { testUnless } from "../support/loud-skip.ts";
import { SELF_SIGNED } from "../support/self-signed.ts";
import { runWoma } from "../support/woma.ts";

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

const noLoopback6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === "::1"))
  ? undefined
  : "needs ::1";

testUnless(noLoopback6 ?? noPython(), "sockets do as native Python's: over IPv6", async () => {
  await using services = await openServices(["echo", "closed"], "::1");
  const flags = ["--allow-net=[::1],127.0.0.1"];
  const { woma, python } = await runBeside(join(import.meta.dir, "network", "six.py"), { flags, args: services.ports });
  expect(woma).toBe(python);
  expect(woma.split("\n").length).toBeGreaterThan(15);
});

testUnless(noLoopback6, "TLS goes over IPv6, whether the socket is connected before it or after", async () => {
  const server = createServer({ ...SELF_SIGNED }, (socket) => void socket.end("hello"));
  await new Promise<void>((listening) => server.listen(0, "::1", listening));
  const { port } = server.address() as { port: number };
  const code = `
import socket, ssl
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
address = ("::1", ${port})
after = context.wrap_socket(socket.socket(socket.AF_INET6))
after.connect(address)
before = context.wrap_socket(socket.create_connection(address))
for tls in (after, before):
    print(tls.recv(9), tls.getpeername()[0], tls.family.name, isinstance(tls, ssl.SSLSocket), type(tls).__name__)
`;
  const line = "b'hello' ::1 AF_INET6 True SSLSocket\n";
  expect(await runWoma(["--allow-net=[::1]", "-c", code])).toMatchObject({ stdout: line + line, stderr: "" });
  server.close();
});
