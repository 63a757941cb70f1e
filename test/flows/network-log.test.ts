import { expect, test } from "bun:test";
import { LoopbackServer } from "../support/loopback.ts";
import { openServices } from "../support/loopback-services.ts";
import { runWoma } from "../support/woma.ts";

/** Standard error, with what differs from run to run put in words. */
async function logOf(flags: readonly string[], code: string, ports: readonly number[]): Promise<string[]> {
  const program = `import socket, sys\nports = [int(port) for port in sys.argv[1:]]\n${code}`;
  const { stderr } = await runWoma(["--log=net", ...flags, "-c", program, ...ports.map(String)]);
  const named = ports.reduce((text, port, index) => text.replaceAll(String(port), `PORT${index}`), stderr);
  return named
    .replaceAll(/duration_ms=\d+/g, "duration_ms=N")
    .split("\n")
    .slice(0, -1);
}

test("--log net has a line for each connection, made, failed or refused, and for names that are refused", async () => {
  await using services = await openServices(["greet", "closed"]);
  const code = `
def attempt(act):
    try:
        act()
    except OSError:
        pass

sock = socket.create_connection(("127.0.0.1", ports[0]))
sock.sendall(b"1234567")
while sock.recv(100):
    pass
sock.close()
attempt(lambda: socket.create_connection(("127.0.0.1", ports[1])))
attempt(lambda: socket.create_connection(("127.0.0.2", ports[0])))
attempt(lambda: socket.create_connection(("::1", 9)))
attempt(lambda: socket.getaddrinfo("denied.example", 443))
attempt(lambda: socket.getaddrinfo("denied.example\\r\\nnet result=ok", 443))
sock = socket.socket()
sock.setblocking(False)
attempt(lambda: sock.connect(("169.254.169.254", 80)))
`;
  const refusal = (words: string) => `reason="${words}"`;
  const lines = await logOf(["--allow-net=127.0.0.1", "--deny-net=*.example"], code, services.ports);
  expect(lines.toSorted()).toEqual(
    [
      "woma: net result=ok address=127.0.0.1:PORT0 sent=7 received=5 duration_ms=N",
      "woma: net result=ECONNREFUSED address=127.0.0.1:PORT1 duration_ms=N",
      `woma: net result=refused address=127.0.0.2:PORT0 ${refusal("127.0.0.2 is a loopback address; allow it with --allow-net=127.0.0.2:PORT0")}`,
      `woma: net result=refused address=[::1]:9 ${refusal("::1 is a loopback address; allow it with --allow-net='[::1]:9'")}`,
      `woma: net result=refused address=denied.example:443 ${refusal("denied by --deny-net='*.example'")}`,
      `woma: net result=refused address=169.254.169.254:80 ${refusal("169.254.169.254 is where a cloud keeps its metadata; allow it with --allow-net=169.254.169.254:80")}`,
    ].toSorted(),
  );
});

test("--log net names the names by which a connection was found", async () => {
  await using server = await LoopbackServer.open((socket) => void socket.end("hello"));
  const code = `
sock = socket.create_connection(("localhost", ports[0]))
while sock.recv(100):
    pass
`;
  const lines = await logOf(["--allow-net=localhost"], code, [server.port]);
  expect(lines.at(-1)).toBe(
    "woma: net result=ok address=127.0.0.1:PORT0 name=localhost sent=0 received=5 duration_ms=N",
  );
});

test("--log net tells of a connection that is open when the program ends", async () => {
  await using services = await openServices(["greet"]);
  const lines = await logOf(
    ["--allow-net=127.0.0.1"],
    `sock = socket.create_connection(("127.0.0.1", ports[0]))\nsock.recv(5, socket.MSG_WAITALL)`,
    services.ports,
  );
  expect(lines).toEqual(["woma: net result=ok address=127.0.0.1:PORT0 sent=0 received=5 duration_ms=N"]);
});

test("without --log nothing is told", async () => {
  await using services = await openServices(["greet"]);
  const { stdout, stderr } = await runWoma([
    "--allow-net=127.0.0.1",
    "-c",
    `import socket; print(socket.create_connection(("127.0.0.1", ${services.ports[0]})).recv(5, 256))`,
  ]);
  expect([stdout, stderr]).toEqual(["b'hello'\n", ""]);
});
