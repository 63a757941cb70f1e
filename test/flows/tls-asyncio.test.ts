import { afterAll, beforeAll, expect, test } from "bun:test";
import { echo, TlsServers, tunnel } from "../support/tls-servers.ts";

let servers: TlsServers;

beforeAll(async () => {
  servers = await TlsServers.open();
  await servers.add("echo", echo);
  await servers.add("greeting", (socket) => socket.end("hello"));
  await servers.addPlain("silent", () => {});
  await servers.addPlain("http", (socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
  await servers.addPlain("later", (socket) => {
    socket.write("220 ready\r\n");
    socket.once("data", () => echo(servers.upgrade(socket)));
  });
  await servers.add("wrapped tunnel", tunnel);
});
afterAll(() => servers[Symbol.asyncDispose]());

/** The lines that such an `async def main()` prints. */
async function lines(body: string): Promise<string[]> {
  const { stdout, stderr, exitCode } = await servers.run(`
import asyncio
def opened(name, context=None, host="localhost", **options):
    return asyncio.open_connection("127.0.0.1", PORTS[name], ssl=context or default(), server_hostname=host, **options)
async def attempt(what):
    try: print(await what)
    except Exception as error: print(type(error).__name__, unnumbered(error))
async def main():
${body.replace(/^/gm, "    ")}
asyncio.run(main())
`);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout.trimEnd().split("\n");
}

test("asyncio's streams go through TLS, twenty at once", async () => {
  expect(
    await lines(`
async def echo(number):
    reader, writer = await opened("echo")
    sent = bytes([number]) * 20_000
    writer.write(sent)
    await writer.drain()
    received = await reader.readexactly(len(sent))
    writer.close()
    await writer.wait_closed()
    return received == sent
print(all(await asyncio.gather(*(echo(number) for number in range(20)))))
reader, writer = await opened("echo")
tls = writer.get_extra_info("ssl_object")
print(type(tls).__name__, tls.version(), writer.get_extra_info("peercert")["subject"][2], writer.get_extra_info("cipher")[1])
writer.write(bytes(1_000_000))
async def count():
    length = 0
    while length < 1_000_000: length += len(await reader.read(65536))
    return length
print(await asyncio.gather(count(), writer.drain()))
reader, writer = await opened("greeting")
print(await reader.read())
writer.close()
await writer.wait_closed()
`),
  ).toEqual(["True", "SSLObject TLSv1.3 (('commonName', 'localhost'),) TLSv1.3", "[1000000, None]", "b'hello'"]);
});

test("asyncio's connections fail as they do by OpenSSL", async () => {
  expect(
    await lines(`
await attempt(opened("echo", host="other.test"))
await attempt(opened("echo", ssl.create_default_context()))
await attempt(opened("http"))
await attempt(opened("silent", ssl_handshake_timeout=0.2))
try: await asyncio.get_running_loop().sock_sendall(wrapped("echo"), b"x")
except TypeError as error: print(error)
`),
  ).toEqual([
    "SSLCertVerificationError [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: " +
      "Hostname mismatch, certificate is not valid for 'other.test'. (_ssl.c)",
    "SSLCertVerificationError [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: " +
      "unable to get local issuer certificate (_ssl.c)",
    "SSLError [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c)",
    "ConnectionAbortedError SSL handshake is taking longer than 0.2 seconds: aborting the connection",
    "Socket cannot be of type SSLSocket",
  ]);
});

test("asyncio begins TLS on a stream that was used before, and inside TLS", async () => {
  expect(
    await lines(`
reader, writer = await asyncio.open_connection("127.0.0.1", PORTS["later"])
print(await reader.readline())
writer.write(b"STARTTLS\\r\\n")
await writer.start_tls(default(), server_hostname="localhost")
writer.write(b"inside")
print(await reader.read(100))
writer.close()
await writer.wait_closed()
reader, writer = await opened("wrapped tunnel")
writer.write(b"CONNECT localhost:%d HTTP/1.1\\r\\n\\r\\n" % PORTS["echo"])
print(await reader.readuntil(b"\\r\\n\\r\\n"))
await writer.start_tls(default(), server_hostname="localhost")
writer.write(b"inside twice")
print(await reader.read(100))
writer.close()
await writer.wait_closed()
`),
  ).toEqual(["b'220 ready\\r\\n'", "b'inside'", "b'HTTP/1.1 200 OK\\r\\n\\r\\n'", "b'inside twice'"]);
});
