import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { LoopbackServer, readToEnd } from "../support/loopback.ts";
import { openServices } from "../support/loopback-services.ts";
import { notRoot, testUnless } from "../support/loud-skip.ts";
import { eventually } from "../support/processes.ts";
import { startWoma } from "../support/running.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";

const LOOPBACK = "--allow-net=127.0.0.1";

/** Runs Python with these flags; sockets lie ready. */
function run(flags: readonly string[], code: string, ...args: readonly (string | number)[]) {
  return runWoma([
    ...flags,
    "-c",
    `import socket, sys, time\nports = [int(port) for port in sys.argv[1:]]\n${code}`,
    ...args.map(String),
  ]);
}

describe("--max-connections", () => {
  test("ends in OSError (EMFILE), and a connection that is closed makes room", async () => {
    await using services = await openServices(["silent"]);
    const code = `
address = ("127.0.0.1", ports[0])
socks = [socket.create_connection(address) for _ in range(2)]
try:
    socket.create_connection(address)
except OSError as error:
    print(error.errno, error)
socks.pop().close()
for _ in range(100):
    try:
        socks.append(socket.create_connection(address))
        break
    except OSError:
        time.sleep(0.02)
print(len(socks))
`;
    expect(await run([LOOPBACK, "--max-connections=2"], code, ...services.ports)).toMatchObject({
      stdout: "24 [Errno 24] Too many open files: 2 connections are open; allow more with --max-connections\n2\n",
      stderr: "",
      exitCode: 0,
    });
  });
});

describe("--max-transferred", () => {
  test("ends in OSError (EDQUOT), for what is received and what is sent, and for new connections", async () => {
    await using services = await openServices(["source", "silent"]);
    const code = `
def show(act):
    try:
        print(act())
    except OSError as error:
        print(error.errno, error)

sock = socket.create_connection(("127.0.0.1", ports[0]))
total = 0
try:
    while part := sock.recv(65536):
        total += len(part)
except OSError as error:
    print(total, error)
show(lambda: sock.recv(1))
show(lambda: sock.send(b"x"))
show(lambda: socket.create_connection(("127.0.0.1", ports[1])))
`;
    const words =
      "[Errno 122] Disk quota exceeded: 1 MB have been sent and received; allow more with --max-transferred";
    const outcome = await run([LOOPBACK, "--max-transferred=1"], code, ...services.ports);
    expect(outcome).toMatchObject({
      stdout: `1048576 ${words}\n${`122 ${words}\n`.repeat(3)}`,
      stderr: "",
      exitCode: 0,
    });
  });
});

describe("--max-rate", () => {
  test("makes what is sent and received wait, without an error, however it is waited for", async () => {
    await using services = await openServices(["source", "echo"]);
    const code = `
import asyncio, selectors
waits = []
select = selectors.PollSelector.select
selectors.PollSelector.select = lambda self, timeout=None: waits.append(0) or select(self, timeout)
begin = time.monotonic()
sock = socket.create_connection(("127.0.0.1", ports[0]))
print(len(sock.recv(300_000, socket.MSG_WAITALL)))
timed = socket.create_connection(("127.0.0.1", ports[1]), timeout=30)
timed.sendall(bytes(50_000))
async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", ports[1])
    writer.write(bytes(50_000))
    print(len(await reader.readexactly(50_000)))
asyncio.run(main())
print(2 < time.monotonic() - begin < 8, len(waits) < 600)
`;
    expect(await run([LOOPBACK, "--max-rate=128"], code, ...services.ports)).toMatchObject({
      // Waiting is no going round in circles.
      stdout: "300000\n50000\nTrue True\n",
      stderr: "",
    });
  });
});

describe("--deny-net", () => {
  test("alone refuses all in words, names before they are looked up", async () => {
    const code = `
for act in [
    lambda: socket.create_connection(("93.184.216.34", 443)),
    lambda: socket.create_connection(("example.com", 443)),
    lambda: socket.getaddrinfo("example.com", None),
    lambda: socket.gethostbyname("example.com"),
    lambda: socket.socket(socket.AF_INET6).connect(("2606:4700::1111", 443)),
]:
    try:
        act()
    except OSError as error:
        print(type(error).__name__, error)
print(socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4])
`;
    const refused = (flag: string) =>
      `PermissionError [Errno 13] Permission denied: --deny-net leaves no network; allow it with --allow-net=${flag}\n`;
    const expected = ["93.184.216.34:443", "example.com:443", "example.com", "example.com", "'[2606:4700::1111]:443'"];
    expect(await run(["--deny-net"], code)).toMatchObject({
      stdout: `${expected.map(refused).join("")}('127.0.0.1', 80)\n`,
      stderr: "",
    });
  });

  test("of hosts refuses these, and loopback is refused without a flag", async () => {
    await using services = await openServices(["greet"]);
    const code = `
for address in ("127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost"):
    try:
        print(socket.create_connection((address, ports[0])).recv(5))
    except OSError as error:
        print(type(error).__name__, str(error).replace(str(ports[0]), "PORT"))
`;
    const denied = await run(["--allow-net", "--deny-net=127.0.0.1"], code, ...services.ports);
    expect(denied.stdout.split("\n").slice(0, 3)).toEqual([
      "PermissionError [Errno 13] Permission denied: denied by --deny-net=127.0.0.1",
      "ConnectionRefusedError [Errno 111] Connection refused",
      "PermissionError [Errno 13] Permission denied: denied by --deny-net=127.0.0.1",
    ]);
    const plain = await run([], code, ...services.ports);
    expect(plain.stdout.split("\n").slice(0, 3)).toEqual([
      "PermissionError [Errno 13] Permission denied: 127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:PORT",
      "PermissionError [Errno 13] Permission denied: 127.0.0.2 is a loopback address; allow it with --allow-net=127.0.0.2:PORT",
      "PermissionError [Errno 13] Permission denied: 0.0.0.0 is no machine's address; allow it with --allow-net=0.0.0.0:PORT",
    ]);
  });
});

describe("Ctrl-C ends", () => {
  const INTERRUPTED = /Traceback.*\nKeyboardInterrupt\n$/s;

  /** Interrupts the program once it has said that it is about to wait. */
  async function interrupt(code: string, ...args: readonly number[]): Promise<string> {
    await using running = await startWoma([LOOPBACK, "-c", code, ...args.map(String)]);
    const { woma } = running;
    await woma.writes("waiting");
    await Bun.sleep(200);
    process.kill(woma.pid, "SIGINT");
    const { stderr, signal } = await woma.end();
    expect(signal).toBe("SIGINT");
    return stderr;
  }

  test("a wait for bytes", async () => {
    await using services = await openServices(["silent"]);
    const code = `
import socket, sys
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("waiting", flush=True)
sock.recv(1)
`;
    expect(await interrupt(code, ...services.ports)).toMatch(INTERRUPTED);
  });

  test("a wait for bytes with a timeout", async () => {
    await using services = await openServices(["silent"]);
    const code = `
import socket, sys
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60)
print("waiting", flush=True)
sock.recv(1)
`;
    expect(await interrupt(code, ...services.ports)).toMatch(INTERRUPTED);
  });

  test.each([
    "import select; select.select([sock], [], [])",
    "import select; select.select([sock], [], [], 60)",
    "import selectors; s = selectors.SelectSelector(); s.register(sock, selectors.EVENT_READ); s.select()",
    "import select; p = select.poll(); p.register(sock, select.POLLIN); p.poll()",
    "import ssl; ssl.create_default_context().wrap_socket(sock, server_hostname='localhost')",
    "sock.settimeout(60); import ssl; ssl.create_default_context().wrap_socket(sock, server_hostname='localhost')",
    "import asyncio; asyncio.run(asyncio.open_connection(sock=sock, ssl=True, server_hostname='localhost'))",
  ])("a wait by %s", async (wait) => {
    await using services = await openServices(["silent"]);
    const code = `
import socket, sys
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("waiting", flush=True)
${wait}
`;
    expect(await interrupt(code, ...services.ports)).toMatch(INTERRUPTED);
  });

  test("a wait for room to send", async () => {
    await using services = await openServices(["silent"]);
    const code = `
import socket, sys
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("waiting", flush=True)
sock.sendall(bytes(64 << 20))
`;
    expect(await interrupt(code, ...services.ports)).toMatch(INTERRUPTED);
  });

  testUnless(notRoot, "a lookup that no server answers", async () => {
    await using scratch = await scratchDirectory();
    const configuration = join(scratch.path, "resolv.conf");
    await Bun.write(configuration, "nameserver 127.0.0.1\noptions timeout:30\n");
    const silent = "import socket, time; s = socket.socket(type=2); s.bind(('127.0.0.1', 53)); time.sleep(20)";
    const script = `mount --bind ${configuration} /etc/resolv.conf && ip link set lo up || exit 9
python3 -c "${silent}" < /dev/null > /dev/null 2>&1 &
sleep 0.5
exec "$@"`;
    const code = `
import signal, socket, sys
signal.signal(signal.SIGALRM, lambda *_: print("handled", flush=True))
signal.setitimer(signal.ITIMER_REAL, 0.1)
print("waiting", flush=True)
socket.getaddrinfo("a.example", 80)
`;
    const launcher = ["unshare", "--net", "--mount", "sh", "-c", script, "sh"];
    await using running = await startWoma(["-c", code], launcher);
    await running.woma.writes("waiting\nhandled\n");
    await Bun.sleep(200);
    process.kill(running.woma.pid, "SIGINT");
    const { stdout, stderr, signal } = await running.woma.end();
    expect([stdout, signal]).toEqual(["waiting\nhandled\n", "SIGINT"]);
    expect(stderr).toMatch(INTERRUPTED);
  });

  test("a connection to where nobody answers", async () => {
    // With its queue of connections full, Linux answers to no other.
    await using scratch = await scratchDirectory();
    const path = join(scratch.path, "full.py");
    await Bun.write(
      path,
      `
import socket, sys
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
waiting = []
for _ in range(4):
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(server.getsockname())
    waiting.append(sock)
print(server.getsockname()[1], flush=True)
sys.stdin.read()
`,
    );
    const full = Bun.spawn(["python3", path], { stdin: "pipe", stdout: "pipe" });
    try {
      const { value } = await full.stdout.getReader().read();
      const port = Number(new TextDecoder().decode(value));
      const code = `
import socket, sys
sock = socket.socket()
print("waiting", flush=True)
sock.connect(("127.0.0.1", int(sys.argv[1])))
`;
      expect(await interrupt(code, port)).toMatch(INTERRUPTED);
    } finally {
      full.kill();
      await full.exited;
    }
  });
});

describe("what woma's sockets cannot do is refused in words", () => {
  test("servers, datagrams, sockets of programs on this machine", async () => {
    const code = `
def show(act):
    try:
        print(act())
    except Exception as error:
        print(type(error).__name__, error)

show(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
show(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW))
show(lambda: socket.socket(socket.AF_UNIX))
show(lambda: socket.socket().bind(("127.0.0.1", 8000)))
show(lambda: socket.socket().bind(("", 0)))
show(lambda: socket.socket().listen())
show(lambda: socket.create_server(("127.0.0.1", 8000)))
show(lambda: socket.socketpair(type=socket.SOCK_DGRAM))
`;
    const servers = "[Errno 95] woma's Python accepts no connections; serve from outside and pass the data in";
    const { stdout, stderr } = await run([], code);
    expect([stderr, stdout.split("\n")]).toEqual([
      "",
      [
        "OSError [Errno 93] Protocol not supported: woma's Python has TCP sockets only; socket.getaddrinfo looks names up",
        "OSError [Errno 93] Protocol not supported: woma's Python has TCP sockets only; socket.getaddrinfo looks names up",
        "OSError [Errno 97] Address family not supported by protocol: woma's Python reaches no sockets of programs on this machine; socket.socketpair works",
        `OSError ${servers}`,
        "None",
        `OSError ${servers}`,
        `OSError ${servers} (while attempting to bind on address ('127.0.0.1', 8000))`,
        "OSError [Errno 95] Operation not supported",
        "",
      ],
    ]);
  });
});

describe("a program that ends", () => {
  test("without having closed its connection sends all that it wrote", async () => {
    let received = 0;
    const ended = Promise.withResolvers<void>();
    await using server = await LoopbackServer.open((socket) => {
      // Slower than the program ends.
      socket.on("data", (bytes: Buffer) => {
        received += bytes.length;
        socket.pause();
        setTimeout(() => socket.resume(), 5);
      });
      socket.on("end", ended.resolve);
    });
    const code = `
sock = socket.create_connection(("127.0.0.1", ports[0]))
sock.sendall(bytes(6_000_000))
`;
    expect(await run([LOOPBACK], code, server.port)).toMatchObject({ stdout: "", stderr: "", exitCode: 0 });
    await ended.promise;
    expect(received).toBe(6_000_000);
  });

  test("having closed it, or by os._exit, too", async () => {
    for (const last of ["sock.close()", "import os; os._exit(0)", "raise SystemExit"]) {
      await using server = await LoopbackServer.open((socket) => void socket.pause());
      const running = run(
        [LOOPBACK],
        `sock = socket.create_connection(("127.0.0.1", ports[0]))\nsock.sendall(bytes(1_500_000))\n${last}`,
        server.port,
      );
      const socket = await server.accept();
      await Bun.sleep(100);
      const received = await readToEnd(socket);
      expect([last, received.length, (await running).exitCode]).toEqual([last, 1_500_000, 0]);
    }
  });

  test("does not wait long for a peer that takes nothing", async () => {
    await using services = await openServices(["silent"]);
    const begin = performance.now();
    const code = `
sock = socket.create_connection(("127.0.0.1", ports[0]))
sock.setblocking(False)
try:
    while True:
        sock.send(bytes(1 << 20))
except BlockingIOError:
    pass
`;
    expect(await run([LOOPBACK], code, ...services.ports)).toMatchObject({ stderr: "", exitCode: 0 });
    expect(performance.now() - begin).toBeWithin(0, 15_000);
  });

  test("by a timeout leaves its connections", async () => {
    const ends: string[] = [];
    await using server = await LoopbackServer.open((socket) => {
      socket.on("end", () => ends.push("end"));
      socket.resume();
    });
    const outcome = await run(
      [LOOPBACK, "--timeout=0.5"],
      `sock = socket.create_connection(("127.0.0.1", ports[0]))\nsock.recv(1)`,
      server.port,
    );
    expect(outcome.exitCode).toBe(124);
    await eventually("the connection is ended", () => ends.length === 1);
  });
});
