import { describe, expect, test } from "bun:test";
import { POLLIN, POLLOUT } from "../../../src/broker/kernel/objects.ts";
import { NetworkRefusal } from "../../../src/broker/network/network-refusal.ts";
import { SELF_SIGNED } from "../../support/self-signed.ts";
import { answered, Kernel } from "../../support/xhr-kernel.ts";
import { LARGE_BODY, XhrServer } from "../../support/xhr-servers.ts";

describe("a request", () => {
  test("is answered by a head as a line of JSON, then the body to its end", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    expect(await kernel.ask(server.url("/hello"))).toEqual({
      head: answered({
        url: server.url("/hello"),
        headers: expect.arrayContaining([["content-type", "text/plain; charset=utf-8"]]) as never,
      }),
      body: "hello, wörld",
      end: "end",
    });
  });

  test("carries its method, its headers and a body that is written in pieces", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const xhr = kernel.open(server.url("/echo"), {
      method: "PUT",
      headers: [
        ["X-Name", "one"],
        ["x-name", "two"],
        ["content-type", "text/csv"],
      ],
      bodyBytes: 8,
    });
    expect(await kernel.write(xhr, "1,2\n")).toBe(4);
    expect(server.asked).toEqual([]);
    expect(await kernel.write(xhr, "3,4\nand more")).toBe(4);
    expect(xhr.write(Buffer.from("more"))).toBe("EPIPE");
    expect((await kernel.answer(xhr)).body).toBe("1,2\n3,4\n");
    expect(server.asked.map(({ method, headers, body }) => [method, headers["x-name"], body.toString()])).toEqual([
      ["PUT", "one, two", "1,2\n3,4\n"],
    ]);
    expect(server.asked[0]?.headers).toMatchObject({ "content-type": "text/csv", "content-length": "8" });
  });

  test("of none but its own headers has what browsers send", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    await kernel.ask(server.url("/hello"));
    await kernel.ask(server.url("/hello"), { headers: [["Range", "bytes=0-3"]] });
    expect(server.asked.map(({ headers }) => headers)).toEqual([
      {
        host: `127.0.0.1:${server.port}`,
        "user-agent": "woma",
        accept: "*/*",
        "accept-encoding": "gzip, br, zstd",
        connection: "close",
      },
      {
        host: `127.0.0.1:${server.port}`,
        "user-agent": "woma",
        accept: "*/*",
        range: "bytes=0-3",
        "accept-encoding": "identity",
        connection: "close",
      },
    ]);
  });

  const FORBIDDEN: [string, string][] = [
    ["Host", "other.example"],
    ["Content-Length", "3"],
    ["Transfer-Encoding", "chunked"],
    ["Connection", "upgrade"],
    ["Upgrade", "websocket"],
    ["Expect", "100-continue"],
    ["TE", "trailers"],
    ["Proxy-Authorization", "Basic eA=="],
    ["Sec-Fetch-Site", "none"],
    ["X-HTTP-Method-Override", "GET, trace"],
    ["Accept-Encoding", "zstd"],
  ];
  const OWN: [string, string][] = [
    ["Cookie", "a=1"],
    ["Referer", "http://x/"],
    ["Origin", "http://x"],
    ["Date", "now"],
  ];

  test("leaves out the headers that browsers forbid, and for a program those that only it could misuse", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const headers: [string, string][] = [...FORBIDDEN, ...OWN, ["X-Method-Override", "PATCH"]];
    await kernel.ask(server.url("/hello"), { headers, rules: "page" });
    await kernel.ask(server.url("/hello"), { headers, rules: "program" });
    const common = ["accept", "accept-encoding", "connection", "host", "user-agent", "x-method-override"];
    expect(server.asked.map(({ headers }) => Object.keys(headers).toSorted())).toEqual([
      common,
      [...common, "cookie", "date", "origin", "referer"].toSorted(),
    ]);
    expect(server.asked[1]?.headers).toMatchObject({
      host: `127.0.0.1:${server.port}`,
      connection: "close",
      "accept-encoding": "gzip, br, zstd",
    });
  });

  test("has its URL's name and password as Basic authorization, and none in the answer's URL", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const url = server.url("/hello#part").replace("://", "://m%C3%A9:p%20w@");
    const { head } = await kernel.ask(url);
    expect(head).toMatchObject({ url: server.url("/hello") });
    expect(server.asked[0]?.headers["authorization"]).toBe(`Basic ${Buffer.from("mé:p w").toString("base64")}`);
  });

  test("is refused where it is none", () => {
    using kernel = new Kernel();
    const refused = (change: object) => kernel.refusal({ url: "http://x/", ...change });
    expect(refused({ url: "nothing" })).toEqual({ errno: "EINVAL", reason: "the URL is not valid" });
    for (const url of ["file:///etc/passwd", "data:,x", "ftp://x/", "javascript:1"])
      expect(refused({ url })).toMatchObject({ errno: "EINVAL" });
    for (const method of ["CONNECT", "trace", "Track"])
      expect(refused({ method })).toEqual({ errno: "EPERM", reason: `the method ${method} is not allowed` });
    for (const method of ["", "GET /", "G\r\nT"]) expect(refused({ method })).toMatchObject({ errno: "EINVAL" });
    for (const header of [
      ["", "x"],
      ["a b", "x"],
      ["a\r\nb", "x"],
      ["a", "x\r\nInjected: 1"],
      ["a", "x\0"],
      ["a", "日本"],
    ])
      expect(refused({ headers: [header] })).toMatchObject({ errno: "EINVAL" });
  });

  test("that would be one handle too many is refused", () => {
    using kernel = new Kernel({ maximumHandles: 1 });
    kernel.open("http://127.0.0.1:9/", { bodyBytes: 1 });
    expect(kernel.refusal({ url: "http://127.0.0.1:9/" })).toMatchObject({ errno: "EMFILE" });
  });

  test("whose handle is closed is given up", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    for (const path of ["/silent", "/stall"]) {
      const xhr = kernel.open(server.url(path));
      await kernel.until(() => server.asked.some((asked) => asked.path === path));
      if (path === "/stall") await kernel.until(() => xhr.readiness(POLLIN) !== 0);
      kernel.closeAll();
    }
    await kernel.until(() => server.aborted === 2);
    expect(kernel.openSockets).toBe(0);
  });
});

describe("a body", () => {
  test("of 5 MB goes up and comes down unchanged", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const xhr = kernel.open(server.url("/echo"), { method: "POST", bodyBytes: LARGE_BODY.length });
    await kernel.writeAll(xhr, LARGE_BODY);
    const { bytes, end } = await kernel.answer(xhr);
    expect([bytes.equals(LARGE_BODY), end]).toEqual([true, "end"]);
  });

  test("that is too large to be held goes out as it is written", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const size = 20 * 1024 ** 2;
    const xhr = kernel.open(server.url("/request"), { method: "POST", bodyBytes: size });
    const chunk = Buffer.alloc(1024 ** 2, 1);
    for (let sent = 0; sent < size; sent += chunk.length) await kernel.writeAll(xhr, chunk);
    expect((await kernel.answer(xhr)).head).toMatchObject({ status: 200 });
    expect(server.asked[0]?.body.length).toBe(size);
  });

  test("that the server does not want does not hide its answer", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const xhr = kernel.open(server.url("/early"), { method: "POST", bodyBytes: 50 * 1024 ** 2 });
    const sending = kernel.writeAll(xhr, Buffer.alloc(50 * 1024 ** 2)).catch((error: unknown) => String(error));
    expect(await kernel.answer(xhr)).toMatchObject({ head: { status: 413 }, body: "too large", end: "end" });
    expect(await sending).toBe('Error: "EPIPE"');
  });

  test("that nobody reads is not read ahead", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const xhr = kernel.open(server.url("/large"));
    await kernel.until(() => xhr.readiness(POLLIN) !== 0);
    await Bun.sleep(200);
    expect(kernel.receivedBytes).toBeLessThan(LARGE_BODY.length / 2);
    expect((await kernel.answer(xhr)).bytes.equals(LARGE_BODY)).toBe(true);
  });

  test.each([
    ["/gzip", "was gzip"],
    ["/br", "was br"],
    ["/deflate", "was deflate"],
    ["/twice", "was both"],
  ])("of %s is decompressed", async (path, body) => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    expect(await kernel.ask(server.url(path))).toMatchObject({ body, end: "end" });
    expect(await kernel.ask(server.url(path), { method: "HEAD" })).toMatchObject({ body: "", end: "end" });
  });

  test("that ends early, stalls or is damaged says so after what has come", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    expect(await kernel.ask(server.url("/cut"))).toMatchObject({
      head: { status: 200 },
      end: { errno: "ECONNRESET", reason: "the server closed the connection within its answer" },
    });
    expect(await kernel.ask(server.url("/stall"), { timeoutMs: 200 })).toMatchObject({
      head: { status: 200 },
      body: "the beginning",
      end: { errno: "ETIMEDOUT", reason: "the answer did not come to its end in time" },
    });
    expect(await kernel.ask(server.url("/damaged"))).toMatchObject({
      head: { status: 200 },
      body: "",
      end: { errno: "EIO", reason: "the answer cannot be decompressed" },
    });
  });
});

describe("a redirect", () => {
  test.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [303, "HEAD", "HEAD", undefined],
    [302, "PUT", "PUT", "body"],
    [307, "POST", "POST", "body"],
    [308, "POST", "POST", "body"],
  ])("%i of a %s becomes a %s", async (status, method, then, body) => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const hasBody = method !== "HEAD";
    const xhr = kernel.open(server.url(`/redirect/${status}?to=/request#fragment`), {
      method,
      headers: [["Content-Type", "text/plain"]],
      bodyBytes: hasBody ? 4 : 0,
    });
    if (hasBody) await kernel.writeAll(xhr, Buffer.from("body"));
    const { head } = await kernel.answer(xhr);
    expect(head).toMatchObject({ kind: "answered", status: 200, url: server.url("/request"), redirected: true });
    const [, second] = server.asked;
    expect(second?.method).toBe(then);
    if (body !== undefined) expect(second?.body.toString()).toBe(body);
    if (hasBody) expect(second?.headers["content-type"]).toBe(body === "" ? undefined : "text/plain");
  });

  test("to another origin leaves credentials behind", async () => {
    await using server = await XhrServer.start();
    await using other = await XhrServer.start();
    using kernel = new Kernel();
    const to = encodeURIComponent(other.url("/hello"));
    await kernel.ask(server.url(`/redirect/302?to=${to}`), {
      headers: [
        ["Authorization", "Bearer x"],
        ["Cookie", "a=1"],
        ["X-Other", "1"],
      ],
      rules: "program",
    });
    expect(server.asked[0]?.headers).toMatchObject({ authorization: "Bearer x", cookie: "a=1", "x-other": "1" });
    expect(other.asked[0]?.headers).toMatchObject({ "x-other": "1" });
    expect(Object.keys(other.asked[0]?.headers ?? {})).not.toContain("authorization");
    expect(Object.keys(other.asked[0]?.headers ?? {})).not.toContain("cookie");
  });

  test("goes through the policy like any request", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel({ refusedHosts: ["forbidden.example"] });
    const answer = await kernel.ask(server.url("/redirect/302?to=http://forbidden.example/secret"));
    expect(answer).toEqual({
      head: { kind: "refused", reason: "forbidden.example is refused (--deny-net)" },
      body: "",
      end: "end",
    });
    expect(kernel.dialled).toEqual([`127.0.0.1:${server.port}`, "forbidden.example:80"]);
  });

  test("is not followed where the request says so, and an answer where it is to be seen", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const url = server.url("/redirect/302");
    expect(await kernel.ask(url, { redirect: "error" })).toMatchObject({
      head: { kind: "failed", code: null, reason: "redirected, which the request does not allow" },
    });
    expect(await kernel.ask(url, { redirect: "manual" })).toMatchObject({
      head: { status: 302, redirected: false, headers: expect.arrayContaining([["location", "/hello"]]) as never },
      body: "moved",
    });
    expect(server.asked.length).toBe(2);
  });

  test("has an end", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    expect(await kernel.ask(server.url("/loop"))).toMatchObject({
      head: { kind: "failed", reason: "redirected more than 20 times" },
    });
    for (const to of ["file:///etc/passwd", "http://["])
      expect(await kernel.ask(server.url(`/redirect/302?to=${encodeURIComponent(to)}`))).toMatchObject({
        head: { kind: "failed" },
      });
    expect(await kernel.ask(server.url("/status/302"))).toMatchObject({ head: { status: 302 }, body: "status 302" });
  });

  test("whose body was too large to be held fails in words", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const size = 17 * 1024 ** 2;
    const xhr = kernel.open(server.url("/redirect/307"), { method: "POST", bodyBytes: size });
    await kernel.writeAll(xhr, Buffer.alloc(size));
    expect((await kernel.answer(xhr)).head).toEqual({
      kind: "failed",
      code: null,
      reason: "redirected with a body that is too large to be sent again",
    });
  });
});

describe("a failure", () => {
  test("to connect has node's code and words", async () => {
    using kernel = new Kernel();
    expect((await kernel.ask("http://127.0.0.1:1/")).head).toEqual({
      kind: "failed",
      code: "ECONNREFUSED",
      reason: "connection refused",
    });
    expect((await kernel.ask("http://nowhere.invalid/")).head).toEqual({
      kind: "failed",
      code: "ENOTFOUND",
      reason: "no host of that name is known",
    });
  });

  test("of a server is told as such", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    expect((await kernel.ask(server.url("/drop"))).head).toMatchObject({
      kind: "failed",
      code: "ECONNRESET",
      reason: "the server closed the connection without an answer",
    });
    expect((await kernel.ask(server.url("/text"))).head).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("the server's answer is not HTTP") as never,
    });
  });

  test("is any answer that is more than, or not, what was asked for", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    for (const path of ["/upgraded", "/headlong", "/ambiguous"]) {
      const { head } = await kernel.ask(server.url(path), { timeoutMs: 5000 });
      expect([path, head.kind]).toEqual([path, "failed"]);
    }
    expect(await kernel.ask(server.url("/informed"))).toMatchObject({ head: { status: 200 }, body: "after hints" });
    expect(kernel.openSockets).toBe(0);
  });

  test("to answer in time is a timeout", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    expect(await kernel.ask(server.url("/silent"), { timeoutMs: 100 })).toEqual({
      head: { kind: "timed-out" },
      body: "",
      end: "end",
    });
    await kernel.until(() => server.aborted === 1);
  });

  test("of the policy is a refusal with its reason", async () => {
    using kernel = new Kernel({ refusedHosts: ["10.0.0.1"] });
    const { head } = await kernel.ask("http://10.0.0.1/");
    expect(head).toEqual({ kind: "refused", reason: new NetworkRefusal("10.0.0.1 is refused (--deny-net)").reason });
  });
});

describe("https", () => {
  test("is by certificates that the user trusts", async () => {
    await using server = await XhrServer.start(SELF_SIGNED);
    using trusting = new Kernel({ certificates: SELF_SIGNED.cert });
    for (const host of ["localhost", "127.0.0.1"])
      expect((await trusting.ask(server.url("/hello", host))).body).toBe("hello, wörld");
    const other = await trusting.ask(server.url("/hello", "other.localhost"));
    expect(other.head).toEqual({
      kind: "failed",
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
      reason: "the server's certificate is for another host",
    });
    using kernel = new Kernel();
    expect((await kernel.ask(server.url("/hello"))).head).toEqual({
      kind: "failed",
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
      reason: "the server's certificate is signed by itself",
    });
    expect(trusting.openSockets + kernel.openSockets).toBe(0);
  });

  test("carries 5 MB both ways", async () => {
    await using server = await XhrServer.start(SELF_SIGNED);
    using kernel = new Kernel({ certificates: SELF_SIGNED.cert });
    const xhr = kernel.open(server.url("/echo"), { method: "POST", bodyBytes: LARGE_BODY.length });
    await kernel.writeAll(xhr, LARGE_BODY);
    expect((await kernel.answer(xhr)).bytes.equals(LARGE_BODY)).toBe(true);
  });

  test("of a server that speaks no TLS fails", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const { head } = await kernel.ask(server.url("/hello").replace("http:", "https:"));
    expect(head.kind).toBe("failed");
  });
});

describe("poll", () => {
  test("sees room for the body, then the answer", async () => {
    await using server = await XhrServer.start();
    using kernel = new Kernel();
    const xhr = kernel.open(server.url("/echo"), { method: "POST", bodyBytes: 2 });
    expect(xhr.readiness(POLLIN | POLLOUT)).toBe(POLLOUT);
    await kernel.write(xhr, "ab");
    expect(xhr.readiness(POLLIN | POLLOUT)).toBe(0);
    await kernel.until(() => xhr.readiness(POLLIN | POLLOUT) === POLLIN);
  });
});

test("what passes is counted, and no more than is allowed", async () => {
  await using server = await XhrServer.start();
  using kernel = new Kernel({ limits: { maximumTransferredBytes: 1024 ** 2 } });
  const xhr = kernel.open(server.url("/large"));
  const { bytes, end } = await kernel.answer(xhr);
  expect(bytes.length).toBeLessThan(1024 ** 2);
  expect(end).toEqual({
    errno: "EDQUOT",
    reason: "1 MB have been sent and received; allow more with --max-transferred",
  });
});
