import { afterAll, beforeAll, describe, expect } from "bun:test";
import { testUnless } from "../support/loud-skip.ts";
import { noOpenssl } from "../support/network/certificates.ts";
import { WebNetwork } from "../support/network/web-network.ts";
import { runWoma } from "../support/woma.ts";

let network: WebNetwork;
beforeAll(async () => {
  if (noOpenssl === undefined) network = await WebNetwork.start();
});
afterAll(() => network?.[Symbol.asyncDispose]());

/** What a program printed that woma ran with these variables, and what the two proxies were asked for meanwhile. */
async function run(variables: (ports: Ports) => Record<string, string>, code: string) {
  const ports = network.addresses.ports as Ports;
  for (const name of ["proxy", "proxy-login"] as const) await askedOf(name);
  const env = variables(ports);
  const { stdout, stderr } = await runWoma(["--allow-net=localhost,127.0.0.1", "-c", code], { env });
  return { stdout, stderr, asked: [...(await askedOf("proxy")), ...(await askedOf("proxy-login"))] };
}

type Ports = Readonly<Record<"http" | "https" | "proxy" | "proxy-login" | "refused", number>>;

/** The ports that it was asked to connect to: whether it gets the name or the address is the broker's business. */
async function askedOf(proxy: "proxy" | "proxy-login"): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${network.addresses.ports[proxy]}/asked`);
  const asked = (await answer.json()) as string[];
  return asked.map((line) => line.replace(/(?:localhost|127\.0\.0\.1)(?=:)/, "here"));
}

function hello(server: "http" | "https", host = "localhost"): string {
  const port = network.addresses.ports[server];
  return `
import ssl, urllib.request
context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
try:
    print(urllib.request.urlopen("${server}://${host}:${port}/hello", context=context, timeout=10).read().decode(), end="")
except OSError as error:
    print("OSError")
`;
}

const HELLO = "Hello, world!\n";
const through = (proxy: number) => `http://127.0.0.1:${proxy}`;

describe("proxies of woma's own environment", () => {
  for (const server of ["http", "https"] as const)
    testUnless(noOpenssl, `HTTPS_PROXY has every connection but those to port 80: ${server}`, async () => {
      const outcome = await run(({ proxy }) => ({ HTTPS_PROXY: through(proxy) }), hello(server));
      const asked = [`CONNECT here:${network.addresses.ports[server]}`];
      expect(outcome).toEqual({ stdout: HELLO, stderr: "", asked });
    });

  testUnless(noOpenssl, "one that speaks no HTTP goes through it too", async () => {
    const { http } = network.addresses.ports;
    const code = `
import socket
with socket.create_connection(("localhost", ${http})) as connection:
    connection.sendall(b"GET /hello HTTP/1.0\\r\\n\\r\\n")
    print(connection.makefile("rb").read().decode().splitlines()[-1], connection.getpeername()[1])`;
    const outcome = await run(({ proxy }) => ({ HTTPS_PROXY: through(proxy) }), code);
    expect(outcome).toEqual({ stdout: `Hello, world! ${http}\n`, stderr: "", asked: [`CONNECT here:${http}`] });
  });

  testUnless(noOpenssl, "a name of a variable may be in lower case", async () => {
    const outcome = await run(({ proxy }) => ({ https_proxy: through(proxy) }), hello("http"));
    expect(outcome.asked).toEqual([`CONNECT here:${network.addresses.ports["http"]}`]);
    expect(outcome.stdout).toBe(HELLO);
  });

  testUnless(noOpenssl, "HTTP_PROXY has the connections to port 80, and no others", async () => {
    const variables = ({ proxy }: Ports) => ({ HTTP_PROXY: through(proxy) });
    expect(await run(variables, hello("http"))).toEqual({ stdout: HELLO, stderr: "", asked: [] });
    const code = `
import socket
try:
    socket.create_connection(("127.0.0.1", 80), timeout=10)
except OSError:
    print("OSError")`;
    // The proxy finds nobody there.
    expect(await run(variables, code)).toEqual({ stdout: "OSError\n", stderr: "", asked: ["CONNECT here:80"] });
  });

  testUnless(noOpenssl, "ALL_PROXY stands in for the ones that are not set", async () => {
    const asked = [`CONNECT here:${network.addresses.ports["http"]}`];
    const alone = await run(({ proxy }) => ({ ALL_PROXY: through(proxy) }), hello("http"));
    expect(alone).toEqual({ stdout: HELLO, stderr: "", asked });
    const both = await run(
      (ports) => ({ ALL_PROXY: through(ports.refused), HTTPS_PROXY: through(ports.proxy) }),
      hello("http"),
    );
    expect(both).toEqual({ stdout: HELLO, stderr: "", asked });
  });

  testUnless(noOpenssl, "NO_PROXY excepts names, addresses and everything", async () => {
    for (const [excepted, host] of [
      ["localhost", "localhost"],
      ["other.example,127.0.0.1", "127.0.0.1"],
      ["*", "localhost"],
    ] as const) {
      const outcome = await run(
        ({ proxy }) => ({ HTTPS_PROXY: through(proxy), NO_PROXY: excepted }),
        hello("http", host),
      );
      expect({ excepted, ...outcome }).toEqual({ excepted, stdout: HELLO, stderr: "", asked: [] });
    }
    const other = await run(({ proxy }) => ({ HTTPS_PROXY: through(proxy), NO_PROXY: "other.example" }), hello("http"));
    expect(other.asked).toEqual([`CONNECT here:${network.addresses.ports["http"]}`]);
  });

  testUnless(noOpenssl, "a login in the proxy's address is given to it", async () => {
    const variables = (login: string) => (ports: Ports) => ({
      HTTPS_PROXY: `http://${login}127.0.0.1:${ports["proxy-login"]}`,
    });
    const { http } = network.addresses.ports;
    const known = await run(variables("Ada:secret@"), hello("http"));
    expect(known).toEqual({ stdout: HELLO, stderr: "", asked: [`CONNECT here:${http}`] });
    const unknown = await run(variables(""), hello("http"));
    expect(unknown).toEqual({ stdout: "OSError\n", stderr: "", asked: [`407 CONNECT here:${http}`] });
  });

  testUnless(noOpenssl, "a proxy that nobody is, is an error and no way around", async () => {
    const outcome = await run(({ refused }) => ({ HTTPS_PROXY: through(refused) }), hello("http"));
    expect(outcome).toEqual({ stdout: "OSError\n", stderr: "", asked: [] });
  });

  testUnless(noOpenssl, "the program sees nothing of them, and may name a proxy of its own", async () => {
    const { http } = network.addresses.ports;
    const code = `
import os, urllib.request
print(urllib.request.getproxies(), [name for name in os.environ if "proxy" in name.lower()])
own = urllib.request.ProxyHandler({"http": "http://localhost:${network.addresses.ports["proxy-login"]}"})
request = urllib.request.Request("http://localhost:${http}/hello", headers={"Proxy-Authorization": "Basic QWRhOnNlY3JldA=="})
print(urllib.request.build_opener(own).open(request).read().decode(), end="")`;
    const outcome = await run(({ proxy }) => ({ HTTPS_PROXY: through(proxy) }), code);
    const asked = [`CONNECT here:${network.addresses.ports["proxy-login"]}`, `GET http://here:${http}/hello`];
    expect(outcome).toEqual({ stdout: `{} []\n${HELLO}`, stderr: "", asked });
  });
});
