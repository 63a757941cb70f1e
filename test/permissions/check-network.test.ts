import { describe, expect, test } from "bun:test";
import { checkAddress, checkName } from "../../src/permissions/check-network.ts";
import { parseAddress } from "../../src/permissions/ip-address.ts";
import type { HostName } from "../../src/permissions/permissions.ts";
import { policyOf } from "../support/scratch-network.ts";

/** `allowed`, or why not. `10.0.0.1:80 a.example` is an address that was found by a name. */
function verdictOn(commandLine: string, target: string): string {
  const [place = "", ...names] = target.split(" ");
  const [, host = "", port] = /^(.*?)(?:#(\d+))?$/.exec(place) ?? [];
  const address = parseAddress(host);
  if (address === null) throw new Error(`no address: ${host}`);
  const verdict = checkAddress(policyOf(commandLine), {
    address,
    port: port === undefined ? null : Number(port),
    names: names as HostName[],
  });
  return verdict.allowed ? "allowed" : verdict.reason;
}

function nameVerdictOn(commandLine: string, name: string, port: number | null): string {
  const verdict = checkName(policyOf(commandLine), { name: name as HostName, port });
  return verdict.allowed ? "allowed" : verdict.reason;
}

describe("an address, without flags", () => {
  test.each([
    ["8.8.8.8#53", "allowed"],
    ["8.8.8.8", "allowed"],
    ["2606:4700::1111#443", "allowed"],
    ["64:ff9b::8.8.8.8#443", "allowed"],
    ["127.0.0.1#80", "127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:80"],
    ["127.0.0.1", "127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1"],
    ["::1#80", "::1 is a loopback address; allow it with --allow-net='[::1]:80'"],
    ["::1", "::1 is a loopback address; allow it with --allow-net='[::1]'"],
    ["::ffff:127.0.0.1#80", "127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:80"],
    ["0.0.0.0#80", "0.0.0.0 is no machine's address; allow it with --allow-net=0.0.0.0:80"],
    ["10.0.0.1#80", "10.0.0.1 is a private address; allow it with --allow-net=10.0.0.1:80"],
    [
      "100.64.1.1#80",
      "100.64.1.1 is an address inside a carrier's network (CGNAT); allow it with --allow-net=100.64.1.1:80",
    ],
    ["169.254.1.1#80", "169.254.1.1 is a link-local address; allow it with --allow-net=169.254.1.1:80"],
    [
      "169.254.169.254#80",
      "169.254.169.254 is where a cloud keeps its metadata; allow it with --allow-net=169.254.169.254:80",
    ],
    ["224.0.0.1#80", "224.0.0.1 is a multicast address; allow it with --allow-net=224.0.0.1:80"],
    ["240.0.0.1#80", "240.0.0.1 is a reserved address; allow it with --allow-net=240.0.0.1:80"],
    ["64:ff9b::10.0.0.1#80", "64:ff9b::a00:1 is a private address; allow it with --allow-net='[64:ff9b::a00:1]:80'"],
    ["2002:7f00:1::#80", "2002:7f00:1:: is a loopback address; allow it with --allow-net='[2002:7f00:1::]:80'"],
    ["127.0.0.1#80 a.example", "a.example is 127.0.0.1, a loopback address; allow it with --allow-net=a.example:80"],
    [
      "10.0.0.1#80 a.example b.example",
      "a.example is 10.0.0.1, a private address; allow it with --allow-net=a.example:80",
    ],
    [
      "100.64.0.1 a.example",
      "a.example is 100.64.0.1, an address inside a carrier's network (CGNAT); allow it with --allow-net=a.example",
    ],
    // A grant of the name would not help.
    [
      "169.254.169.254#80 a.example",
      "a.example is 169.254.169.254, where a cloud keeps its metadata; allow it with --allow-net=169.254.169.254:80",
    ],
    ["fe80::1#80 a.example", "a.example is fe80::1, a link-local address; allow it with --allow-net='[fe80::1]:80'"],
    ["0.0.0.0#80 a.example", "a.example is 0.0.0.0, no machine's address; allow it with --allow-net=0.0.0.0:80"],
  ])("%s: %s", (target, expected) => {
    expect(verdictOn("", target)).toBe(expected);
  });
});

describe("an address, with flags", () => {
  test.each([
    ["--allow-net=127.0.0.1", "127.0.0.1#80", "allowed"],
    ["--allow-net=127.0.0.1:80", "127.0.0.1#80", "allowed"],
    ["--allow-net=127.0.0.1:80", "127.0.0.1", "allowed"],
    [
      "--allow-net=127.0.0.1:80",
      "127.0.0.1#81",
      "127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:81",
    ],
    [
      "--allow-net=127.0.0.1",
      "127.0.0.2#80",
      "127.0.0.2 is a loopback address; allow it with --allow-net=127.0.0.2:80",
    ],
    ["--allow-net=127.0.0.1", "0.0.0.0#80", "0.0.0.0 is no machine's address; allow it with --allow-net=0.0.0.0:80"],
    ["--allow-net=127.0.0.0/8", "::ffff:127.9.9.9#80", "allowed"],
    [
      "--allow-net=10.0.0.0/8",
      "64:ff9b::10.0.0.1#80",
      "64:ff9b::a00:1 is a private address; allow it with --allow-net='[64:ff9b::a00:1]:80'",
    ],
    ["--allow-net=169.254.169.254", "169.254.169.254#80", "allowed"],
    ["--allow-net=169.254.0.0/16", "169.254.169.254#80", "allowed"],
    ["--allow-net=[::1]", "::1#9", "allowed"],
    ["--allow-net", "127.0.0.1#80", "allowed"],
    ["--allow-net", "169.254.169.254#80", "allowed"],
    ["--allow-net", "0.0.0.0#80", "allowed"],
    ["--deny-net", "8.8.8.8#53", "--deny-net leaves no network; allow it with --allow-net=8.8.8.8:53"],
    [
      "--deny-net",
      "2606:4700::1111#53",
      "--deny-net leaves no network; allow it with --allow-net='[2606:4700::1111]:53'",
    ],
    ["--deny-net", "127.0.0.1#53", "--deny-net leaves no network; allow it with --allow-net=127.0.0.1:53"],
    ["--deny-net", "8.8.8.8#53 a.example", "--deny-net leaves no network; allow it with --allow-net=a.example:53"],
    ["--deny-net", "10.0.0.1#53 a.example", "--deny-net leaves no network; allow it with --allow-net=a.example:53"],
    [
      "--deny-net",
      "169.254.169.254#80 a.example",
      "--deny-net leaves no network; allow it with --allow-net=169.254.169.254:80",
    ],
    ["--deny-net --allow-net=8.8.8.8:53", "8.8.8.8#53", "allowed"],
    [
      "--deny-net --allow-net=8.8.8.8:53",
      "8.8.8.8#54",
      "--deny-net leaves no network; allow it with --allow-net=8.8.8.8:54",
    ],
    ["--deny-net=8.8.8.8", "8.8.8.8#53", "denied by --deny-net=8.8.8.8"],
    ["--deny-net=8.8.8.8", "8.8.4.4#53", "allowed"],
    ["--deny-net=8.8.8.8:53", "8.8.8.8#53", "denied by --deny-net=8.8.8.8:53"],
    ["--deny-net=8.8.8.8:53", "8.8.8.8#443", "allowed"],
    // Only looked up: on another port it is allowed.
    ["--deny-net=8.8.8.8:53", "8.8.8.8", "allowed"],
    ["--deny-net=8.8.8.8:1-65535", "8.8.8.8", "denied by --deny-net=8.8.8.8:1-65535"],
    ["--deny-net=8.8.8.8 --allow-net=8.8.8.8", "8.8.8.8#53", "denied by --deny-net=8.8.8.8"],
    ["--allow-net --deny-net=127.0.0.1", "127.0.0.1#80", "denied by --deny-net=127.0.0.1"],
    ["--allow-net --deny-net=127.0.0.1", "127.0.0.2#80", "allowed"],
  ])("%s, %s: %s", (flags, target, expected) => {
    expect(verdictOn(flags, target)).toBe(expected);
  });
});

describe("what is denied is denied by every address that leads there", () => {
  test.each([
    ["--allow-net --deny-net=127.0.0.0/8", "0.0.0.0#80", "denied by --deny-net=127.0.0.0/8"],
    ["--allow-net --deny-net=127.0.0.0/8", "::ffff:0.0.0.0#80", "denied by --deny-net=127.0.0.0/8"],
    ["--allow-net --deny-net=[::1]", "::#80", "denied by --deny-net='[::1]'"],
    ["--allow-net --deny-net=169.254.169.254", "64:ff9b::169.254.169.254#80", "denied by --deny-net=169.254.169.254"],
    ["--allow-net --deny-net=10.0.0.0/8:80", "2002:a01:203::1#80", "denied by --deny-net=10.0.0.0/8:80"],
    ["--allow-net --deny-net=10.0.0.0/8:80", "2002:a01:203::1#81", "allowed"],
    ["--deny-net=8.8.8.8", "64:ff9b::808:808#53", "denied by --deny-net=8.8.8.8"],
    ["--deny-net=8.8.8.8", "64:ff9b::808:404#53", "allowed"],
  ])("%s, %s: %s", (flags, target, expected) => {
    expect(verdictOn(flags, target)).toBe(expected);
  });
});

describe("a name that is allowed lifts what is refused by default, where a name may lead", () => {
  test.each([
    ["127.0.0.1", "allowed"],
    ["10.0.0.1", "allowed"],
    ["fd12::1", "allowed"],
    ["100.64.0.1", "allowed"],
    ["8.8.8.8", "allowed"],
    ["169.254.1.1", "a.example is 169.254.1.1, a link-local address; allow it with --allow-net=169.254.1.1:80"],
    [
      "169.254.169.254",
      "a.example is 169.254.169.254, where a cloud keeps its metadata; allow it with --allow-net=169.254.169.254:80",
    ],
    [
      "fd00:ec2::254",
      "a.example is fd00:ec2::254, where a cloud keeps its metadata; allow it with --allow-net='[fd00:ec2::254]:80'",
    ],
    [
      "64:ff9b::169.254.169.254",
      "a.example is 64:ff9b::a9fe:a9fe, where a cloud keeps its metadata; allow it with --allow-net='[64:ff9b::a9fe:a9fe]:80'",
    ],
    ["224.0.0.1", "a.example is 224.0.0.1, a multicast address; allow it with --allow-net=224.0.0.1:80"],
    ["0.0.0.0", "a.example is 0.0.0.0, no machine's address; allow it with --allow-net=0.0.0.0:80"],
    ["240.0.0.1", "a.example is 240.0.0.1, a reserved address; allow it with --allow-net=240.0.0.1:80"],
  ])("%s: %s", (address, expected) => {
    const verdicts = ["--allow-net=a.example", "--allow-net=*.example:80"].map((flags) =>
      verdictOn(flags, `${address}#80 a.example`),
    );
    expect(verdicts).toEqual([expected, expected]);
  });

  test("on its ports, for its addresses", () => {
    const flags = "--allow-net=a.example:443";
    expect([
      verdictOn(flags, "10.0.0.1#443 a.example"),
      verdictOn(flags, "10.0.0.1#443 z.example a.example"),
      verdictOn(flags, "10.0.0.1 a.example"),
      verdictOn(flags, "10.0.0.1#80 a.example"),
      verdictOn(flags, "10.0.0.1#443"),
      verdictOn(flags, "10.0.0.1#443 b.example"),
    ]).toEqual([
      "allowed",
      "allowed",
      "allowed",
      "a.example is 10.0.0.1, a private address; allow it with --allow-net=a.example:80",
      "10.0.0.1 is a private address; allow it with --allow-net=10.0.0.1:443",
      "b.example is 10.0.0.1, a private address; allow it with --allow-net=b.example:443",
    ]);
  });

  test("and with --deny-net is all that there is", () => {
    const flags = "--deny-net --allow-net=a.example";
    expect([
      verdictOn(flags, "8.8.8.8#443 a.example"),
      verdictOn(flags, "127.0.0.1#443 a.example"),
      verdictOn(flags, "8.8.8.8#443"),
      verdictOn(flags, "169.254.169.254#80 a.example"),
    ]).toEqual([
      "allowed",
      "allowed",
      "--deny-net leaves no network; allow it with --allow-net=8.8.8.8:443",
      "--deny-net leaves no network; allow it with --allow-net=169.254.169.254:80",
    ]);
  });
});

describe("a name that is denied denies its addresses", () => {
  test.each([
    ["--deny-net=a.example", "8.8.8.8#443 a.example", "denied by --deny-net=a.example"],
    ["--deny-net=a.example", "8.8.8.8#443 b.example a.example", "denied by --deny-net=a.example"],
    ["--deny-net=*.example", "8.8.8.8#443 a.example", "denied by --deny-net='*.example'"],
    ["--deny-net=a.example:443", "8.8.8.8#443 a.example", "denied by --deny-net=a.example:443"],
    ["--deny-net=a.example:443", "8.8.8.8#80 a.example", "allowed"],
    ["--deny-net=a.example:443", "8.8.8.8 a.example", "allowed"],
    ["--allow-net --deny-net=a.example", "8.8.8.8#443 a.example", "denied by --deny-net=a.example"],
    ["--allow-net=8.8.8.8 --deny-net=a.example", "8.8.8.8#443 a.example", "denied by --deny-net=a.example"],
    ["--deny-net=a.example", "8.8.8.8#443", "allowed"],
  ])("%s, %s: %s", (flags, target, expected) => {
    expect(verdictOn(flags, target)).toBe(expected);
  });
});

describe("a name may be looked up", () => {
  test.each<[string, string, number | null, string]>([
    ["", "a.example", 443, "allowed"],
    ["", "localhost", null, "allowed"],
    ["--allow-net", "a.example", null, "allowed"],
    ["--deny-net=a.example", "a.example", 443, "denied by --deny-net=a.example"],
    ["--deny-net=a.example", "a.example", null, "denied by --deny-net=a.example"],
    ["--deny-net=*.example", "a.b.example", null, "denied by --deny-net='*.example'"],
    ["--deny-net=*.example", "example", null, "allowed"],
    ["--deny-net=a.example:443", "a.example", 443, "denied by --deny-net=a.example:443"],
    ["--deny-net=a.example:443", "a.example", 80, "allowed"],
    ["--deny-net=a.example:443", "a.example", null, "allowed"],
    ["--deny-net=8.8.8.8", "a.example", 443, "allowed"],
    ["--deny-net", "a.example", 443, "--deny-net leaves no network; allow it with --allow-net=a.example:443"],
    ["--deny-net", "a.example", null, "--deny-net leaves no network; allow it with --allow-net=a.example"],
    [
      "--deny-net --allow-net=8.8.8.8",
      "a.example",
      null,
      "--deny-net leaves no network; allow it with --allow-net=a.example",
    ],
    ["--deny-net --allow-net=a.example", "a.example", null, "allowed"],
    ["--deny-net --allow-net=*.example:443", "a.example", null, "allowed"],
    ["--deny-net --allow-net=*.example:443", "a.example", 443, "allowed"],
    [
      "--deny-net --allow-net=*.example:443",
      "a.example",
      80,
      "--deny-net leaves no network; allow it with --allow-net=a.example:80",
    ],
    ["--deny-net --allow-net=*.example --deny-net=a.example", "a.example", null, "denied by --deny-net=a.example"],
  ])("%s, %s, port %p: %s", (flags, name, port, expected) => {
    expect(nameVerdictOn(flags, name, port)).toBe(expected);
  });
});

test("a name is denied with what the system's search domains make of it", () => {
  const policy = policyOf("--deny-net=leak.corp.test");
  const completions = ["leak.corp.test", "leak.test"] as HostName[];
  expect(checkName(policy, { name: "leak" as HostName, port: 80, completions })).toEqual({
    allowed: false,
    reason: "denied by --deny-net=leak.corp.test",
  });
  expect(checkName(policy, { name: "leak" as HostName, port: 80 })).toEqual({ allowed: true });
});
