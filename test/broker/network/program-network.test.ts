import { describe, expect, test } from "bun:test";
import { connect as connectDirectly, type Socket } from "node:net";
import { ConnectFailure } from "../../../src/broker/network/connect-failure.ts";
import { NetworkRefusal } from "../../../src/broker/network/network-refusal.ts";
import type { ProgramNetwork } from "../../../src/broker/network/program-network.ts";
import { parseAddress } from "../../../src/permissions/ip-address.ts";
import { closedPort, LoopbackServer, readToEnd } from "../../support/loopback.ts";
import { scratchNetwork, withoutTimes } from "../../support/scratch-network.ts";

const NEVER = new AbortController().signal;

/** Greets, and ends when the other side has. */
const greet = (socket: Socket) => {
  socket.write("hello");
  socket.on("end", () => socket.end());
  socket.resume();
};

function endpoint(address: string, port: number) {
  const parsed = parseAddress(address);
  if (parsed === null) throw new Error(`no address: ${address}`);
  return { address: parsed, port };
}

async function outcomeOf(connecting: Promise<Socket>): Promise<string> {
  try {
    const socket = await connecting;
    const text = readToEnd(socket);
    socket.resume();
    socket.end();
    return `connected: ${await text}`;
  } catch (error) {
    if (error instanceof NetworkRefusal) return `refused: ${error.reason}`;
    if (error instanceof ConnectFailure) return `${error.code}${error.reason === undefined ? "" : `: ${error.reason}`}`;
    throw error;
  }
}

const connectTo = (network: ProgramNetwork, host: string, port: number) =>
  outcomeOf(network.connectTo(host, port, NEVER));
const connect = (network: ProgramNetwork, address: string, port: number) =>
  outcomeOf(network.connect(endpoint(address, port), NEVER));

describe("a lookup", () => {
  const names = {
    "public.example": ["93.184.216.34", "2606:2800:220::1"],
    "private.example": ["10.0.0.1"],
    "mixed.example": ["127.0.0.1", "93.184.216.34"],
    "metadata.example": ["169.254.169.254"],
  };
  const lookUp = (flags: string, name: string, version: 0 | 4 | 6 = 0, port: number | null = 443) =>
    scratchNetwork({ flags, names }).network.lookUp({ name, version, port });

  test.each<[string, 0 | 4 | 6, readonly string[]]>([
    ["public.example", 0, ["93.184.216.34", "2606:2800:220::1"]],
    ["public.example", 4, ["93.184.216.34"]],
    ["public.example", 6, ["2606:2800:220::1"]],
    ["PUBLIC.example.", 4, ["93.184.216.34"]],
    ["mixed.example", 0, ["93.184.216.34"]],
    ["8.8.8.8", 0, ["8.8.8.8"]],
    ["127.1", 4, ["127.0.0.1"]],
    ["0x7f.1", 4, ["127.0.0.1"]],
    ["::FFFF:10.0.0.1", 0, ["10.0.0.1"]],
    ["2001:DB8::1", 0, ["2001:db8::1"]],
  ])("of %s, version %d", async (name, version, addresses) => {
    expect(await lookUp("", name, version)).toEqual({ kind: "found", addresses });
  });

  test.each<[string, 0 | 4 | 6]>([
    ["missing.example", 0],
    ["private.example", 6],
    ["8.8.8.8", 6],
    ["::1", 4],
    ["", 0],
    [".", 0],
    ["a..example", 0],
    ["8.8.8.8%eth0", 0],
    ["1.2.3.4.5", 0],
    ["with space.example", 0],
    ["new\nline.example", 0],
    ["\u001b[2J.example", 0],
    ["a,name=b.example", 0],
    ["user@public.example", 0],
    ["public.example:443", 0],
    [`${"long.".repeat(60)}example`, 0],
  ])("of %j, version %d, finds nothing", async (name, version) => {
    expect(await lookUp("", name, version)).toEqual({ kind: "unknown" });
  });

  test.each<[string, string, number | null, string]>([
    [
      "",
      "private.example",
      443,
      "private.example is 10.0.0.1, a private address; allow it with --allow-net=private.example:443",
    ],
    [
      "",
      "private.example",
      null,
      "private.example is 10.0.0.1, a private address; allow it with --allow-net=private.example",
    ],
    [
      "",
      "metadata.example",
      80,
      "metadata.example is 169.254.169.254, where a cloud keeps its metadata; allow it with --allow-net=169.254.169.254:80",
    ],
    [
      "--allow-net=metadata.example",
      "metadata.example",
      80,
      "metadata.example is 169.254.169.254, where a cloud keeps its metadata; allow it with --allow-net=169.254.169.254:80",
    ],
    ["--deny-net=public.example", "public.example", null, "denied by --deny-net=public.example"],
    ["--deny-net", "public.example", null, "--deny-net leaves no network; allow it with --allow-net=public.example"],
    [
      "--deny-net=93.184.216.34 --deny-net=[2606:2800::/32]",
      "public.example",
      443,
      "denied by --deny-net=93.184.216.34",
    ],
  ])("with %s of %s, port %p, is refused: %s", async (flags, name, port, reason) => {
    const { network, audited } = scratchNetwork({ flags, names });
    expect(await network.lookUp({ name, version: 0, port })).toEqual({ kind: "refused", reason });
    expect(audited).toEqual([
      `net result=refused address=${port === null ? name : `${name}:${port}`} reason=${JSON.stringify(reason)}`,
    ]);
  });

  test("of an address of one interface is refused as the address is", async () => {
    const { network, audited } = scratchNetwork({ flags: "", names });
    const reason = "fe80::1 is a link-local address; allow it with --allow-net='[fe80::1]:443'";
    const query = { name: "fe80::1%eth0", version: 0, port: 443 } as const;
    expect(await network.lookUp(query)).toEqual({ kind: "refused", reason });
    expect(audited).toEqual([`net result=refused address=[fe80::1]:443 reason=${JSON.stringify(reason)}`]);
  });

  test("asks nobody for a name that may not be connected to", async () => {
    const asked: string[] = [];
    const { network } = scratchNetwork({
      flags: "--deny-net --allow-net=a.example:443 --deny-net=b.example",
      lookUp: async (name) => {
        asked.push(name);
        return { kind: "unknown" };
      },
    });
    for (const name of ["secret.data.evil.example", "a.example", "b.example"]) {
      await network.lookUp({ name, version: 0, port: 443 });
      await network.lookUp({ name, version: 0, port: 80 });
    }
    expect(asked).toEqual(["a.example"]);
  });

  test("gives 64 addresses at most", async () => {
    const many = Array.from({ length: 300 }, (_, index) => `93.184.${Math.floor(index / 256)}.${index % 256}`);
    const { network } = scratchNetwork({ names: { "many.example": many } });
    expect(await network.lookUp({ name: "many.example", version: 0, port: null })).toEqual({
      kind: "found",
      addresses: many.slice(0, 64),
    });
  });

  test("that no server could answer says so", async () => {
    const { network } = scratchNetwork({ lookUp: async () => ({ kind: "unanswered" }) });
    expect(await network.lookUp({ name: "a.example", version: 0, port: 1 })).toEqual({ kind: "unanswered" });
    expect(await connectTo(network, "a.example", 1)).toBe("EAI_AGAIN");
  });
});

describe("a connection", () => {
  test("to an address that is allowed is made, counted and logged", async () => {
    await using server = await LoopbackServer.open(greet);
    const { network, audited } = scratchNetwork({ flags: "--allow-net=127.0.0.1" });
    expect(await connect(network, "127.0.0.1", server.port)).toBe("connected: hello");
    await network.drained(2000);
    expect(withoutTimes(audited)).toEqual([
      `net result=ok address=127.0.0.1:${server.port} sent=0 received=5 duration_ms=N`,
    ]);
  });

  test("to an address that is not, is refused and logged, and nothing is sent", async () => {
    await using server = await LoopbackServer.open(greet);
    const { network, audited } = scratchNetwork();
    const reason = `127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:${server.port}`;
    expect(network.refusalOf(endpoint("127.0.0.1", server.port))).toBe(reason);
    expect(await connect(network, "127.0.0.1", server.port)).toBe(`refused: ${reason}`);
    expect(await connectTo(network, "127.0.0.1", server.port)).toBe(`refused: ${reason}`);
    expect(audited).toEqual(
      new Array(2).fill(`net result=refused address=127.0.0.1:${server.port} reason=${JSON.stringify(reason)}`),
    );
    expect(server.arrivals).toBe(0);
  });

  test("where nobody listens fails, and is logged", async () => {
    const port = await closedPort();
    const { network, audited } = scratchNetwork({ flags: "--allow-net=127.0.0.1" });
    expect(await connect(network, "127.0.0.1", port)).toBe("ECONNREFUSED");
    expect(withoutTimes(audited)).toEqual([`net result=ECONNREFUSED address=127.0.0.1:${port} duration_ms=N`]);
  });

  test("to port 0, or to nowhere, has the system's word", async () => {
    const { network } = scratchNetwork({ flags: "--allow-net" });
    expect(await connect(network, "127.0.0.1", 0)).toBe("ECONNREFUSED");
    expect(await connect(network, "255.255.255.255", 80)).toBe("ENETUNREACH");
    expect(await connect(network, "224.0.0.1", 80)).toBe("ENETUNREACH");
  });

  test("by a name tries all addresses that are allowed, one after another", async () => {
    await using server = await LoopbackServer.open(greet, "127.0.0.3");
    const names = { "a.example": ["10.0.0.1", "127.0.0.2", "127.0.0.3"] };
    const { network, audited } = scratchNetwork({ flags: "--allow-net=a.example --deny-net=10.0.0.0/8", names });
    expect(await connectTo(network, "a.example", server.port)).toBe("connected: hello");
    await network.drained(2000);
    expect(withoutTimes(audited)).toEqual([
      `net result=ECONNREFUSED address=127.0.0.2:${server.port} name=a.example duration_ms=N`,
      `net result=ok address=127.0.0.3:${server.port} name=a.example sent=0 received=5 duration_ms=N`,
    ]);
  });

  test("by a name that is not found, or refused", async () => {
    const { network } = scratchNetwork({ flags: "--deny-net=b.example" });
    expect(await connectTo(network, "a.example", 1)).toBe("ENOTFOUND");
    expect(await connectTo(network, "b.example", 1)).toBe("refused: denied by --deny-net=b.example");
  });

  test("to an address is allowed by the name that led there, on the ports of its grant, and no other", async () => {
    await using server = await LoopbackServer.open(greet);
    const { port } = server;
    const names = { "a.example": ["127.0.0.1"] };
    const { network } = scratchNetwork({ flags: `--allow-net=a.example:${port}`, names });
    const words = (text: string, at = port) => `refused: ${text}, a loopback address; allow it with --allow-net=${at}`;
    expect(await connect(network, "127.0.0.1", port)).toBe(
      `refused: 127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:${port}`,
    );
    await network.lookUp({ name: "a.example", version: 4, port: null });
    expect(await connect(network, "127.0.0.1", port)).toBe("connected: hello");
    expect(await connect(network, "127.0.0.2", port)).toBe(
      `refused: 127.0.0.2 is a loopback address; allow it with --allow-net=127.0.0.2:${port}`,
    );
    expect(await connect(network, "127.0.0.1", 9)).toBe(
      words("a.example is 127.0.0.1").replace(/=\d+$/, "=a.example:9"),
    );
  });

  test("is given up with its signal", async () => {
    await using server = await LoopbackServer.open(greet);
    const { network, audited } = scratchNetwork({ flags: "--allow-net" });
    expect(await outcomeOf(network.connect(endpoint("127.0.0.1", server.port), AbortSignal.abort()))).toBe(
      "ECONNABORTED",
    );
    const controller = new AbortController();
    const connecting = network.connect(endpoint("127.0.0.1", server.port), controller.signal);
    controller.abort();
    expect(await outcomeOf(connecting)).toBe("ECONNABORTED");
    expect(withoutTimes(audited)).toEqual(
      new Array(2).fill(`net result=ECONNABORTED address=127.0.0.1:${server.port} duration_ms=N`),
    );
    expect(await connect(network, "127.0.0.1", server.port)).toBe("connected: hello");
  });
});

test("a name whose addresses change leads nowhere that its last addresses may not be connected to", async () => {
  await using server = await LoopbackServer.open(greet);
  const answers = ["93.184.216.34", "127.0.0.1"];
  const { network } = scratchNetwork({
    lookUp: async () => ({ kind: "found", addresses: [endpoint(answers.shift() ?? "127.0.0.1", 0).address] }),
  });
  const query = { name: "rebinding.example", version: 0, port: server.port } as const;
  const reason = `rebinding.example is 127.0.0.1, a loopback address; allow it with --allow-net=rebinding.example:${server.port}`;
  expect(await network.lookUp(query)).toEqual({ kind: "found", addresses: ["93.184.216.34"] });
  expect(await network.lookUp(query)).toEqual({ kind: "refused", reason });
  expect(await connectTo(network, "rebinding.example", server.port)).toBe(`refused: ${reason}`);
  // The refused address is none that the name is known to have.
  expect(await connect(network, "127.0.0.1", server.port)).toBe(
    `refused: 127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:${server.port}`,
  );
  expect(server.arrivals).toBe(0);
});

describe("limits", () => {
  test("of connections count those that are being made, and are free again when one is closed", async () => {
    await using server = await LoopbackServer.open(greet);
    const { network, audited } = scratchNetwork({ flags: "--allow-net", limits: { maximumConnections: 2 } });
    const target = endpoint("127.0.0.1", server.port);
    const sockets = [network.connect(target, NEVER), network.connect(target, NEVER)];
    const refusal = "EMFILE: 2 connections are open; allow more with --max-connections";
    expect(await connect(network, "127.0.0.1", server.port)).toBe(refusal);
    const [first] = await Promise.all(sockets);
    expect(await connect(network, "127.0.0.1", server.port)).toBe(refusal);
    await new Promise((closed) => first?.destroy().once("close", closed));
    expect(await connect(network, "127.0.0.1", server.port)).toBe("connected: hello");
    expect(withoutTimes(audited)[0]).toBe(
      `net result=EMFILE address=127.0.0.1:${server.port} reason="2 connections are open; allow more with --max-connections"`,
    );
  });

  test("of what connections hold are shared among them", async () => {
    await using server = await LoopbackServer.open(greet);
    const { network } = scratchNetwork({ flags: "--allow-net" });
    const open = (count: number) =>
      Promise.all(Array.from({ length: count }, () => network.connect(endpoint("127.0.0.1", server.port), NEVER)));
    const megabyte = 1024 * 1024;
    expect(network.bufferBytes).toBe(megabyte);
    const sockets = await open(64);
    expect(network.bufferBytes).toBe(megabyte);
    sockets.push(...(await open(64)));
    expect(network.bufferBytes).toBe(megabyte / 2);
    network.close();
    for (const socket of sockets) socket.destroy();
  });

  test("of connections do not count those that failed", async () => {
    const port = await closedPort();
    const { network } = scratchNetwork({ flags: "--allow-net", limits: { maximumConnections: 1 } });
    for (let round = 0; round < 3; round++) expect(await connect(network, "127.0.0.1", port)).toBe("ECONNREFUSED");
  });

  test("of what is transferred end connections before they are made", async () => {
    await using server = await LoopbackServer.open(greet);
    const { network, audited } = scratchNetwork({
      flags: "--allow-net",
      limits: { maximumTransferredBytes: 2 * 1024 * 1024 },
    });
    network.meter.count(2 * 1024 * 1024);
    const reason = "2 MB have been sent and received; allow more with --max-transferred";
    expect(await connect(network, "127.0.0.1", server.port)).toBe(`EDQUOT: ${reason}`);
    expect(audited).toEqual([`net result=EDQUOT address=127.0.0.1:${server.port} reason="${reason}"`]);
    expect(server.arrivals).toBe(0);
  });
});

describe("the end of a program", () => {
  test("waits until all is sent", async () => {
    await using server = await LoopbackServer.open((socket) => void socket.pause());
    const { network } = scratchNetwork({ flags: "--allow-net" });
    const socket = await network.connect(endpoint("127.0.0.1", server.port), NEVER);
    for (let piece = 0; piece < 256; piece++) socket.write(Buffer.alloc(65536, "x"));
    socket.resume();
    network.close();
    const drained = network.drained(2000);
    expect(await Promise.race([drained.then(() => "drained"), Bun.sleep(50).then(() => "sending")])).toBe("sending");
    const received = readToEnd(await server.accept());
    await drained;
    expect((await received).length).toBe(16 * 1024 * 1024);
  });

  test("does not wait for a peer that takes nothing", async () => {
    await using server = await LoopbackServer.open((socket) => void socket.pause());
    const { network } = scratchNetwork({ flags: "--allow-net" });
    const socket = await network.connect(endpoint("127.0.0.1", server.port), NEVER);
    socket.write(Buffer.alloc(32 << 20));
    network.close();
    const begin = performance.now();
    await network.drained(150);
    expect(performance.now() - begin).toBeWithin(140, 2000);
  });

  test("is at once where nothing is open", async () => {
    const { network } = scratchNetwork();
    network.close();
    await network.drained(60_000);
  });
});

describe("through a proxy", () => {
  /** Connects wherever it is asked to, to this server; what it was asked. */
  async function proxyTo(port: number) {
    const asked: string[] = [];
    const server = await LoopbackServer.open((socket) => {
      socket.once("data", (head: Buffer) => {
        asked.push(head.toString().split("\r\n")[0] ?? "");
        const target = connectDirectly({ port, host: "127.0.0.1" }, () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          socket.pipe(target);
          target.pipe(socket);
        });
        target.on("error", () => socket.destroy());
      });
    });
    return { server, asked };
  }

  test("goes what was checked: the address", async () => {
    await using target = await LoopbackServer.open(greet);
    const { server, asked } = await proxyTo(target.port);
    await using proxy = server;
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const names = { "a.example": ["93.184.216.34"], "evil.example": ["10.0.0.1"] };
    const { network, audited } = scratchNetwork({ environment, names });
    expect(await connectTo(network, "a.example", 443)).toBe("connected: hello");
    expect(await connectTo(network, "2606:4700::1111", 8443)).toBe("connected: hello");
    expect(await connectTo(network, "evil.example", 443)).toBe(
      "refused: evil.example is 10.0.0.1, a private address; allow it with --allow-net=evil.example:443",
    );
    await network.drained(2000);
    expect(asked).toEqual(["CONNECT 93.184.216.34:443 HTTP/1.1", "CONNECT [2606:4700::1111]:8443 HTTP/1.1"]);
    const by = `proxy=127.0.0.1:${proxy.port}`;
    // The head of the answer is among what was received.
    const lines = withoutTimes(audited).map((line) => line.replace(/sent=\d+ received=\d+/, "sent=N received=N"));
    expect(lines.toSorted()).toEqual([
      `net result=ok address=93.184.216.34:443 name=a.example ${by} sent=N received=N duration_ms=N`,
      `net result=ok address=[2606:4700::1111]:8443 ${by} sent=N received=N duration_ms=N`,
      'net result=refused address=evil.example:443 reason="evil.example is 10.0.0.1, a private address; allow it with --allow-net=evil.example:443"',
    ]);
  });

  test("port 80 goes by HTTP_PROXY, all others by HTTPS_PROXY, and what NO_PROXY names by neither", async () => {
    await using target = await LoopbackServer.open(greet, "127.0.0.1");
    const plain = await proxyTo(target.port);
    const secure = await proxyTo(target.port);
    await using plainProxy = plain.server;
    await using secureProxy = secure.server;
    const { network } = scratchNetwork({
      flags: "--allow-net",
      environment: {
        HTTP_PROXY: `http://127.0.0.1:${plainProxy.port}`,
        HTTPS_PROXY: `http://127.0.0.1:${secureProxy.port}`,
        NO_PROXY: "direct.example,127.0.0.1",
      },
      names: { "direct.example": ["127.0.0.1"], "below.direct.example": ["127.0.0.2"], "a.example": ["192.0.2.7"] },
    });
    expect(await connectTo(network, "a.example", 80)).toBe("connected: hello");
    expect(await connectTo(network, "a.example", 443)).toBe("connected: hello");
    expect(await connectTo(network, "a.example", 22)).toBe("connected: hello");
    expect(await connectTo(network, "direct.example", target.port)).toBe("connected: hello");
    expect(await connectTo(network, "127.0.0.1", target.port)).toBe("connected: hello");
    expect(await connectTo(network, "below.direct.example", 1)).toBe("ECONNREFUSED");
    expect([plain.asked, secure.asked]).toEqual([
      ["CONNECT 192.0.2.7:80 HTTP/1.1"],
      ["CONNECT 192.0.2.7:443 HTTP/1.1", "CONNECT 192.0.2.7:22 HTTP/1.1"],
    ]);
  });

  describe("go names that only it can look up", () => {
    const NOTE = "names are left to the proxy to look up: what they lead to cannot be checked here";

    test("when they are allowed by name, and the user is told once", async () => {
      await using target = await LoopbackServer.open(greet);
      const { server, asked } = await proxyTo(target.port);
      await using proxy = server;
      const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const { network, audited, notes } = scratchNetwork({ environment, flags: "--allow-net=*.example:443" });
      expect(await network.lookUp({ name: "a.example", version: 0, port: 443 })).toEqual({
        kind: "found",
        addresses: ["198.18.0.0"],
      });
      expect(await network.lookUp({ name: "a.example", version: 6, port: 443 })).toEqual({ kind: "unknown" });
      expect(await connect(network, "198.18.0.0", 443)).toBe("connected: hello");
      expect(await connectTo(network, "b.example", 443)).toBe("connected: hello");
      const flag = (port: number) =>
        `only the proxy could look a.example up, and to what it leads could not be checked; allow it with --allow-net=a.example:${port}`;
      expect(await connect(network, "198.18.0.0", 22)).toBe(`refused: ${flag(22)}`);
      expect(await connectTo(network, "a.example", 22)).toBe(`refused: ${flag(22)}`);
      await network.drained(2000);
      expect([asked, notes]).toEqual([["CONNECT a.example:443 HTTP/1.1", "CONNECT b.example:443 HTTP/1.1"], [NOTE]]);
      expect(audited.map((line) => line.replace(/ proxy=.*| reason=.*/, "")).toSorted()).toEqual([
        "net result=ok address=a.example:443",
        "net result=ok address=b.example:443",
        "net result=refused address=a.example:22",
        "net result=refused address=a.example:22",
      ]);
    });

    test.each([
      [
        "",
        "a.example",
        "only the proxy could look a.example up, and to what it leads could not be checked; allow it with --allow-net=a.example:443",
      ],
      ["--allow-net --deny-net=a.example", "a.example", "denied by --deny-net=a.example"],
      ["--deny-net", "a.example", "--deny-net leaves no network; allow it with --allow-net=a.example:443"],
      ["--deny-net=a.example", "a.example", "denied by --deny-net=a.example"],
    ])("else they are refused: %s", async (flags, name, reason) => {
      const { network, notes } = scratchNetwork({ flags, environment: { HTTPS_PROXY: "http://127.0.0.1:1" } });
      expect(await network.lookUp({ name, version: 0, port: 443 })).toEqual({ kind: "refused", reason });
      expect(notes).toEqual([]);
    });

    test("but not by a port for which there is none, nor by the placeholder of another", async () => {
      const { network } = scratchNetwork({ flags: "--allow-net", environment: { HTTPS_PROXY: "http://127.0.0.1:1" } });
      await network.lookUp({ name: "a.example", version: 0, port: 443 });
      expect(await network.lookUp({ name: "a.example", version: 0, port: 80 })).toEqual({ kind: "unknown" });
      expect(await connect(network, "198.18.0.0", 80)).toBe(
        "EHOSTUNREACH: only a proxy could look a.example up, and there is none for port 80",
      );
    });

    test("an address of networks' benchmarks that stands for nothing is one of them", async () => {
      const { network } = scratchNetwork({ environment: { HTTPS_PROXY: "http://127.0.0.1:1" } });
      expect(await connect(network, "198.18.0.0", 443)).toBe(
        "refused: 198.18.0.0 is a reserved address; allow it with --allow-net=198.18.0.0:443",
      );
    });
  });

  test("that cannot be used fails in words", async () => {
    const port = await closedPort();
    const names = { "a.example": ["93.184.216.34"] };
    const outcome = async (environment: Record<string, string>) =>
      connectTo(scratchNetwork({ environment, names }).network, "a.example", 443);
    expect([
      await outcome({ HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` }),
      await outcome({ ALL_PROXY: "socks5://127.0.0.1:1080" }),
      // Certificates are read where there is TLS; pip's own are none of a program's.
      await outcome({ HTTPS_PROXY: `https://127.0.0.1:${port}`, SSL_CERT_FILE: "/nonexistent/ca.pem" }),
      await outcome({ HTTPS_PROXY: `http://127.0.0.1:${port}`, SSL_CERT_FILE: "/nonexistent/ca.pem" }),
      await outcome({ HTTPS_PROXY: `https://127.0.0.1:${port}`, PIP_CERT: "/nonexistent/ca.pem" }),
    ]).toEqual([
      `ECONNREFUSED: the proxy 127.0.0.1:${port} cannot be reached`,
      "EHOSTUNREACH: woma speaks to http and https proxies, and 127.0.0.1:1080 is a socks5 one",
      "EIO: cannot read the certificates /nonexistent/ca.pem: no such file",
      `ECONNREFUSED: the proxy 127.0.0.1:${port} cannot be reached`,
      `ECONNREFUSED: the proxy 127.0.0.1:${port} cannot be reached`,
    ]);
  });
});
