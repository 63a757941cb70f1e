import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { echo, TlsServers, tunnel } from "../support/tls-servers.ts";

const MEGABYTES = 5_000_000;

let servers: TlsServers;

beforeAll(async () => {
  servers = await TlsServers.open();
  await servers.add("echo", echo);
  await servers.add("greeting", (socket) => socket.end("hello"));
  await servers.add("open", (socket) => socket.write("part"));
  await servers.add("megabytes", (socket) => socket.end(Buffer.alloc(MEGABYTES, "x")));
  await servers.add("count", (socket) => {
    let length = 0;
    socket.on("data", (bytes) => {
      length += bytes.length;
      if (length === MEGABYTES) socket.end(`${length}`);
    });
  });
  await servers.addPlain("silent", () => {});
  await servers.addPlain("cut", (near) => {
    const far = connect(servers.ports["open"] as number, "127.0.0.1");
    near.pipe(far);
    far.on("data", (bytes) => near.write(bytes));
    setTimeout(() => near.end(), 300);
  });
  await servers.addPlain("later", (socket) => {
    socket.write("220 ready\r\n");
    socket.once("data", () => {
      socket.write("220 go ahead\r\n");
      echo(servers.upgrade(socket));
    });
  });
  await servers.addPlain("tunnel", tunnel);
  await servers.add("wrapped tunnel", tunnel);
  await servers.add("web", (socket) =>
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")),
  );
});
afterAll(() => servers[Symbol.asyncDispose]());

/** The lines that the program prints; nothing may be on standard error. */
async function lines(program: string): Promise<string[]> {
  const { stdout, stderr, exitCode } = await servers.run(program);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout.trimEnd().split("\n");
}

describe("an SSLSocket", () => {
  test("carries megabytes both ways", async () => {
    expect(
      await lines(`
tls, length = wrapped("megabytes"), 0
while part := tls.recv(1 << 20): length += part.count(b"x")
print(length)
tls = wrapped("count")
tls.sendall(bytes(${MEGABYTES}))
print(tls.recv(100))
`),
    ).toEqual([`${MEGABYTES}`, `b'${MEGABYTES}'`]);
  });

  test("reads, writes and waits as any socket does", async () => {
    expect(
      await lines(`
import io
tls = wrapped("echo")
print(tls.write(b""), tls.recv(0))
tls.sendall(b"0123456789")
print(tls.recv(3), tls.pending(), tls.recv(100))
buffer = bytearray(4)
tls.sendall(b"abcdef")
print(tls.recv_into(buffer), bytes(buffer), tls.recv_into(buffer, 2), bytes(buffer))
file = tls.makefile("rwb")
file.write(b"one\\ntwo\\n")
file.flush()
print(file.readline(), file.readline())
file.close()
print(tls.sendfile(io.BytesIO(b"a file")), tls.recv(100))
tls.settimeout(0.1)
attempt(lambda: tls.recv(10))
tls.setblocking(False)
attempt(lambda: tls.recv(10))
for act in (lambda: tls.recv(1, 2), lambda: tls.sendto(b"x", ("a", 1)), lambda: tls.recvmsg(1), lambda: tls.dup(), lambda: tls.recv(-1)):
    attempt(act)
`),
    ).toEqual([
      "0 b''",
      "b'012' 7 b'3456789'",
      "4 b'abcd' 2 b'efcd'",
      "b'one\\n' b'two\\n'",
      "6 b'a file'",
      "TimeoutError The read operation timed out",
      "SSLWantReadError The operation did not complete (read) (_ssl.c)",
      "ValueError non-zero flags not allowed in calls to recv() on <class 'ssl.SSLSocket'>",
      "ValueError sendto not allowed on instances of <class 'ssl.SSLSocket'>",
      "NotImplementedError recvmsg not allowed on instances of <class 'ssl.SSLSocket'>",
      "NotImplementedError Can't dup() SSLSocket instances",
      "ValueError size should not be negative",
    ]);
  });

  test("makes its handshake when it is told to, or first used, or connected", async () => {
    expect(
      await lines(`
import select
tls = wrapped("echo", do_handshake_on_connect=False)
print(tls.version(), tls.cipher(), tls.write(b"first"), tls.read(), tls.version())
tls = default().wrap_socket(socket.socket(), server_hostname="localhost")
attempt(lambda: tls.getpeercert())
tls.connect(("127.0.0.1", PORTS["echo"]))
print(tls.version())
plain = connection("echo")
plain.setblocking(False)
tls = default().wrap_socket(plain, server_hostname="localhost", do_handshake_on_connect=False)
while True:
    try:
        tls.do_handshake()
        break
    except ssl.SSLWantReadError: select.select([tls], [], [], 5)
    except ssl.SSLWantWriteError: select.select([], [tls], [], 5)
print(tls.version())
plain = connection("silent")
plain.settimeout(0.2)
attempt(lambda: default().wrap_socket(plain, server_hostname="localhost"))
attempt(lambda: default().wrap_socket(connection("echo")))
attempt(lambda: default().wrap_socket(connection("echo"), server_side=True, server_hostname="x"))
attempt(lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).wrap_socket(connection("echo"), server_side=True))
`),
    ).toEqual([
      "None None 5 b'first' TLSv1.3",
      "OSError [Errno 107] Transport endpoint is not connected",
      "TLSv1.3",
      "TLSv1.3",
      "TimeoutError _ssl.c: The handshake operation timed out",
      "ValueError check_hostname requires server_hostname",
      "ValueError server_hostname can only be specified in client mode",
      "OSError [Errno 95] woma's Python accepts no connections; serve from outside and pass the data in",
    ]);
  });

  test("knows an end from a cut", async () => {
    expect(
      await lines(`
tls = wrapped("greeting")
print(tls.recv(100), tls.recv(100), tls.recv(100))
tls = wrapped("cut")
print(tls.recv(100), tls.recv(100))
tls = wrapped("cut", suppress_ragged_eofs=False)
print(tls.recv(100))
for _ in range(2): attempt(lambda: tls.recv(100))
`),
    ).toEqual([
      "b'hello' b'' b''",
      "b'part' b''",
      "b'part'",
      "SSLEOFError [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c)",
      "SSLEOFError EOF occurred in violation of protocol (_ssl.c)",
    ]);
  });

  test("ends TLS, and the connection", async () => {
    expect(
      await lines(`
tls = wrapped("echo")
print(tls.unwrap() is tls, tls.version())
attempt(lambda: tls.read())
attempt(lambda: tls.unwrap() and 1)
`).then((printed) => printed.map((line) => line.replace(/<ssl.*/, "…"))),
    ).toEqual([
      "True None",
      "ValueError Read on closed or unwrapped SSL socket.",
      "ValueError No SSL wrapper around …",
    ]);
  });

  test("wraps a connection that was used before, or goes through another", async () => {
    expect(
      await lines(`
plain = connection("later")
print(plain.recv(100))
plain.sendall(b"STARTTLS\\r\\n")
print(plain.recv(100))
tls = default().wrap_socket(plain, server_hostname="localhost")
tls.sendall(b"inside")
print(tls.recv(100), plain.fileno())
plain = connection("tunnel")
plain.sendall(b"CONNECT localhost:%d HTTP/1.1\\r\\n\\r\\n" % PORTS["echo"])
print(plain.recv(100))
tls = default().wrap_socket(plain, server_hostname="localhost")
tls.sendall(b"through")
print(tls.recv(100))
`),
    ).toEqual([
      "b'220 ready\\r\\n'",
      "b'220 go ahead\\r\\n'",
      "b'inside' -1",
      "b'HTTP/1.1 200 OK\\r\\n\\r\\n'",
      "b'through'",
    ]);
  });

  test("serves http.client and urllib", async () => {
    expect(
      await lines(`
import http.client, urllib.request
print(urllib.request.urlopen(f"https://localhost:{PORTS['web']}/", context=default()).read())
client = http.client.HTTPSConnection("localhost", PORTS["web"], context=default())
client.request("GET", "/")
print(client.getresponse().read())
attempt(lambda: urllib.request.urlopen(f"https://localhost:{PORTS['web']}/"))
print(ssl.get_server_certificate(("127.0.0.1", PORTS["web"])) == open(at("good.pem")).read())
`),
    ).toEqual([
      ...["b'hello'", "b'hello'"],
      "URLError <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c)>",
      "True",
    ]);
  });
});

test("an SSLSocket speaks with OpenSSL, and tells its secrets where it is told to", async () => {
  await using server = await startOpenssl(servers.authority.directory);
  expect(
    await lines(`
for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    context = default()
    context.minimum_version = context.maximum_version = version
    context.keylog_filename = "/tmp/keys"
    with socket.create_connection(("127.0.0.1", ${server.port})) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as tls:
            tls.sendall(b"hello\\n")
            print(tls.version(), tls.recv(100), {line.split()[0] for line in open("/tmp/keys")} >= {"CLIENT_RANDOM"})
print("CLIENT_TRAFFIC_SECRET_0" in open("/tmp/keys").read())
`),
  ).toEqual(["TLSv1.2 b'olleh\\n' True", "TLSv1.3 b'olleh\\n' True", "True"]);
});

describe("an SSLObject", () => {
  const PUMP = `
class Pump:
    def __init__(self, carrier, context=None):
        self.carrier, self.incoming, self.outgoing = carrier, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (context or default()).wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
    def run(self, act, *words):
        while True:
            try:
                return act(*words)
            except ssl.SSLWantReadError:
                self.carrier.sendall(self.outgoing.read())
                data = self.carrier.recv(65536)
                self.incoming.write(data) if data else self.incoming.write_eof()
            finally:
                self.carrier.sendall(self.outgoing.read())
    def sendall(self, data): self.run(self.tls.write, data)
    def recv(self, length): return self.run(self.tls.read, length)
`;

  test("speaks TLS between two buffers", async () => {
    expect(
      await lines(`${PUMP}
pump = Pump(connection("echo"))
attempt(lambda: pump.tls.do_handshake())
attempt(lambda: pump.tls.getpeercert())
pump.run(pump.tls.do_handshake)
print(pump.tls.version(), pump.tls.server_hostname, pump.tls.server_side, pump.tls.getpeercert()["subject"][2])
pump.sendall(bytes(300_000))
length = 0
while length < 300_000: length += len(pump.recv(1 << 20))
print(length)
attempt(lambda: pump.tls.read())
print(pump.run(pump.tls.unwrap))
attempt(lambda: pump.tls.read())
pump = Pump(connection("greeting"))
print(pump.recv(100), pump.recv(100), pump.recv(100))
pump = Pump(connection("cut"))
print(pump.recv(100))
for _ in range(2): attempt(lambda: pump.recv(100))
pump = Pump(connection("echo"), ssl.create_default_context())
for _ in range(2): attempt(lambda: pump.run(pump.tls.do_handshake))
`),
    ).toEqual([
      "SSLWantReadError The operation did not complete (read) (_ssl.c)",
      "ValueError handshake not done yet",
      "TLSv1.3 localhost False (('commonName', 'localhost'),)",
      "300000",
      "SSLWantReadError The operation did not complete (read) (_ssl.c)",
      "None",
      "SSLZeroReturnError TLS/SSL connection has been closed (EOF) (_ssl.c)",
      "b'hello' b'' b''",
      "b'part'",
      "SSLEOFError [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c)",
      "SSLEOFError EOF occurred in violation of protocol (_ssl.c)",
      "SSLCertVerificationError [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c)",
      "SSLEOFError EOF occurred in violation of protocol (_ssl.c)",
    ]);
  });

  test("speaks it inside TLS", async () => {
    expect(
      await lines(`${PUMP}
outer = Pump(connection("wrapped tunnel"))
outer.sendall(b"CONNECT localhost:%d HTTP/1.1\\r\\n\\r\\n" % PORTS["echo"])
print(outer.recv(100))
inner = Pump(outer)
inner.sendall(b"inside")
print(inner.recv(100))
outer = wrapped("wrapped tunnel")
outer.sendall(b"CONNECT localhost:%d HTTP/1.1\\r\\n\\r\\n" % PORTS["echo"])
print(outer.recv(100))
inner = Pump(outer)
inner.sendall(b"inside a socket")
print(inner.recv(100))
`),
    ).toEqual([
      ...["b'HTTP/1.1 200 OK\\r\\n\\r\\n'", "b'inside'"],
      ...["b'HTTP/1.1 200 OK\\r\\n\\r\\n'", "b'inside a socket'"],
    ]);
  });
});

/** openssl s_server, which sends lines back reversed. */
async function startOpenssl(directory: string): Promise<AsyncDisposable & { readonly port: string }> {
  const words = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "good.pem", "-key", "good.key", "-rev"];
  const child = Bun.spawn(words, { cwd: directory, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  const stop = async () => {
    child.kill();
    await child.exited;
  };
  let printed = "";
  for await (const bytes of child.stdout) {
    printed += new TextDecoder().decode(bytes);
    const port = /^ACCEPT .*:(\d+)$/m.exec(printed)?.[1];
    if (port !== undefined) return { port, [Symbol.asyncDispose]: stop };
  }
  await stop();
  throw new Error(`openssl s_server ended: ${printed}`);
}
