import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startWoma } from "../support/running.ts";
import { SELF_SIGNED } from "../support/self-signed.ts";
import { runWoma, scratchDirectory } from "../support/woma.ts";
import { LARGE_BODY, XhrServer } from "../support/xhr-servers.ts";

setDefaultTimeout(60_000);

/** `base` is the server's address; `shown(call)` prints what a call raises, or gives. */
const SETUP = `
import sys
from js import XMLHttpRequest
from pyodide.ffi import JsException, jsnull, to_js
base = sys.argv[1]
def get(path, method="GET", body=None, **settings):
    request = XMLHttpRequest.new()
    request.open(method, base + path if path.startswith("/") else path, False)
    for name, value in settings.items(): setattr(request, name, value)
    request.send(body)
    return request
def shown(call):
    try: print(call())
    except JsException as error: print(error.name, "|", error.message)
`;

async function run(server: XhrServer, code: string, flags: readonly string[] = ["--allow-net=127.0.0.1"]) {
  const { stdout, stderr, exitCode } = await runWoma([...flags, "-c", SETUP + code, server.url("")]);
  return { stdout: stdout.replaceAll(server.url(""), "BASE").split("\n").slice(0, -1), stderr, exitCode };
}

const fine = (...stdout: string[]) => ({ stdout, stderr: "", exitCode: 0 });

describe("a synchronous XMLHttpRequest", () => {
  test("has its answer when send returns", async () => {
    await using server = await XhrServer.start();
    const code = `
request = get("/hello")
print(request.status, request.statusText, request.readyState, request.responseURL, request.response)
print(request.getResponseHeader("Content-Type"), request.getResponseHeader("X-None") is jsnull)
print(repr(get("/headers").getAllResponseHeaders()))
print(get("/status/404").status, get("/status/500").responseText, get("/gzip").responseText)`;
    const { stdout, ...end } = await run(server, code);
    expect(end).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout.map((line) => line.replace(/date: [^\\]*/, "date: DATE"))).toEqual([
      "200 OK 4 BASE/hello hello, wörld",
      "text/plain; charset=utf-8 True",
      "'connection: close\\r\\ncontent-type: text/plain\\r\\ndate: DATE\\r\\ntransfer-encoding: chunked\\r\\nx-one: 1\\r\\nx-two: a, b\\r\\n'",
      "404 status 500 was gzip",
    ]);
  });

  test("sends text, bytes, forms and blobs, with the types that say what they are", async () => {
    await using server = await XhrServer.start();
    const code = `
from js import Blob, FormData, URLSearchParams, Uint8Array
form = FormData.new(); form.append("name", "wörld"); form.append("file", Blob.new(["data"], type="text/csv"), "t.csv")
for body in "wörld", b"bytes", bytearray(b"array"), memoryview(b"view"), to_js(b"js"), Uint8Array.new([1, 2]), None, \\
        Blob.new(["blob"], to_js({"type": "image/png"})), URLSearchParams.new({"a": "ä b"}), form:
    get("/echo", "POST", body)
get("/echo", "GET", "no body")`;
    expect(await run(server, code)).toEqual(fine());
    const sent = server.asked.map(({ method, headers, body }) => [method, headers["content-type"], body.toString()]);
    const boundary = String(sent.at(-2)?.[2]).split("\r\n")[0]?.slice(2);
    expect(sent).toEqual([
      ["POST", "text/plain;charset=UTF-8", "wörld"],
      ...["bytes", "array", "view", "js", "\u0001\u0002", ""].map((body) => ["POST", undefined, body]),
      ["POST", "image/png", "blob"],
      ["POST", "application/x-www-form-urlencoded;charset=UTF-8", "a=%C3%A4+b"],
      [
        "POST",
        `multipart/form-data; boundary=${boundary}`,
        `--${boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\nwörld\r\n--${boundary}\r\n` +
          `Content-Disposition: form-data; name="file"; filename="t.csv"\r\nContent-Type: text/csv\r\n\r\ndata\r\n` +
          `--${boundary}--\r\n`,
      ],
      ["GET", undefined, ""],
    ] as never);
  });

  test("gives its answer as the type that was asked for", async () => {
    await using server = await XhrServer.start();
    const code = `
large = get("/large", responseType="arraybuffer").response
print(large.byteLength, large.to_bytes()[:3], large.to_py().nbytes)
print(get("/json", responseType="json").response.to_py(), get("/hello", responseType="json").response is jsnull)
print(get("/hello", responseType="blob").response.type, get("/hello", responseType="text").response)
shown(lambda: get("/json", responseType="json").responseText)
request = XMLHttpRequest.new(); request.overrideMimeType("text/plain; charset=ISO-8859-15")
request.open("POST", base + "/echo", False); request.send(bytes(range(256)))
print(request.response.encode("ISO-8859-15") == bytes(range(256)))
data = bytes(range(251)) * 20900
print(get("/echo", "PUT", data, responseType="arraybuffer").response.to_bytes() == data)`;
    expect(await run(server, code)).toEqual(
      fine(
        `${LARGE_BODY.length} b'\\x00\\x01\\x02' ${LARGE_BODY.length}`,
        "{'name': 'wörld', 'list': [1, 2]} True",
        "text/plain; charset=utf-8 hello, wörld",
        "InvalidStateError | Failed to use the 'responseText' property on 'XMLHttpRequest': the response type is 'json', not '' or 'text'",
        "True",
        "True",
      ),
    );
  });

  test("sends no header that browsers forbid, and keeps no cookie", async () => {
    await using server = await XhrServer.start();
    const code = `
request = XMLHttpRequest.new(); request.open("GET", base + "/request", False)
for name in "Host", "Cookie", "Content-Length", "Connection", "Transfer-Encoding", "Sec-Fetch-Mode", "Proxy-Authorization", "Origin", "X-Mine", "X-Mine":
    request.setRequestHeader(name, "1")
request.send()
get("/cookie"); print(get("/cookie").responseText)
shown(lambda: request.open("TRACE", base, False))
shown(lambda: request.open("bad method", base, False))
request.open("GET", base, False); shown(lambda: request.setRequestHeader("A", "1\\r\\nB: 2"))`;
    expect(await run(server, code)).toEqual(
      fine(
        "no cookie",
        "SecurityError | Failed to execute 'open' on 'XMLHttpRequest': 'TRACE' HTTP method is unsupported",
        "SyntaxError | Failed to execute 'open' on 'XMLHttpRequest': 'bad method' is not a valid HTTP method",
        "SyntaxError | Failed to execute 'setRequestHeader' on 'XMLHttpRequest': '1\r",
        "B: 2' is not a valid HTTP header field value",
      ),
    );
    expect(server.asked[0]?.headers).toEqual({
      host: `127.0.0.1:${server.port}`,
      "user-agent": "woma",
      accept: "*/*",
      "x-mine": "1, 1",
      "accept-encoding": "gzip, br, zstd",
      connection: "close",
    });
  });

  test("fails as a NetworkError that says why, and which flag would help", async () => {
    await using server = await XhrServer.start();
    const port = server.port;
    const code = `
for url in "http://10.0.0.1/", "http://nowhere.invalid/", "http://127.0.0.1:1/", "/drop", "/cut", "/redirect/302?to=http://169.254.169.254/latest", "/loop":
    shown(lambda: get(url))
shown(lambda: get("/silent", timeout=100)); shown(lambda: get("/stall", timeout=100))
for url in "relative", "file:///etc/passwd", "ftp://x/": shown(lambda: XMLHttpRequest.new().open("GET", url, False))
request = XMLHttpRequest.new(); shown(lambda: request.send())`;
    const failed = "Failed to execute 'send' on 'XMLHttpRequest': Failed to load";
    expect(await run(server, code)).toEqual(
      fine(
        `NetworkError | ${failed} 'http://10.0.0.1/': 10.0.0.1 is a private address; allow it with --allow-net=10.0.0.1:80`,
        `NetworkError | ${failed} 'http://nowhere.invalid/': no host of that name is known`,
        `NetworkError | ${failed} 'http://127.0.0.1:1/': connection refused`,
        `NetworkError | ${failed} 'BASE/drop': the server closed the connection without an answer`,
        `NetworkError | ${failed} 'BASE/cut': Connection reset by peer: the server closed the connection within its answer`,
        expect.stringMatching(
          /^NetworkError .* 169\.254\.169\.254 is .*; allow it with --allow-net=169\.254\.169\.254:80$/,
        ),
        `NetworkError | ${failed} 'BASE/loop': redirected more than 20 times`,
        `TimeoutError | ${failed} 'BASE/silent': no answer came within 0.1 s`,
        `TimeoutError | ${failed} 'BASE/stall': the answer did not end within 0.1 s`,
        ...["relative", "file:///etc/passwd", "ftp://x/"].map(
          (url) =>
            `SyntaxError | Failed to execute 'open' on 'XMLHttpRequest': '${url}' is no http:, https: or data: URL, and no page is relative to it`,
        ),
        "InvalidStateError | Failed to execute 'send' on 'XMLHttpRequest': the object's state must be OPENED",
      ),
    );
    expect(await run(server, "shown(lambda: get('/hello'))", [])).toEqual(
      fine(
        `NetworkError | ${failed} 'BASE/hello': 127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:${port}`,
      ),
    );
  });

  test("is interrupted by Ctrl-C while the server says nothing", async () => {
    await using server = await XhrServer.start();
    const code = `${SETUP}
try: get("/silent")
except KeyboardInterrupt: print("interrupted", flush=True)
print(get("/hello").responseText)`;
    await using running = await startWoma(["--allow-net=127.0.0.1", "-c", code, server.url("")]);
    const { woma } = running;
    while (server.asked.length === 0) await Bun.sleep(20);
    woma.child.kill("SIGINT");
    expect(await woma.end()).toMatchObject({ stdout: "interrupted\nhello, wörld\n", stderr: "", exitCode: 0 });
    expect(server.aborted).toBe(1);
  });

  test("loads https by the user's certificates", async () => {
    await using server = await XhrServer.start(SELF_SIGNED);
    await using scratch = await scratchDirectory();
    const path = join(scratch.path, "certificates.pem");
    await writeFile(path, SELF_SIGNED.cert);
    const args = ["--allow-net=127.0.0.1", "-c", `${SETUP}\nshown(lambda: get("/hello").responseText)`, server.url("")];
    expect(await runWoma(args, { env: { SSL_CERT_FILE: path } })).toMatchObject({
      stdout: "hello, wörld\n",
      stderr: "",
    });
    expect((await runWoma(args)).stdout).toEndWith("/hello': the server's certificate is signed by itself\n");
  });

  test("loads data: URLs by itself", async () => {
    await using server = await XhrServer.start();
    const code = `
for url in "data:text/plain,Hello%20World", "data:;base64,aGVsbG8=", "data:application/json,[1]":
    request = get(url); print(request.status, request.response, request.getResponseHeader("content-type"))`;
    expect(await run(server, code, [])).toEqual(
      fine("200 Hello World text/plain", "200 hello text/plain;charset=US-ASCII", "200 [1] application/json"),
    );
  });
});

describe("an asynchronous XMLHttpRequest", () => {
  test("goes beside other work where an event loop runs", async () => {
    await using server = await XhrServer.start();
    const code = `
import asyncio, time
async def main():
    done = []
    for _ in range(10):
        request = XMLHttpRequest.new(); request.open("GET", base + "/slow/300")
        request.onload = lambda event: done.append(event.target.responseText)
        request.send()
    print(request.readyState, done)
    begun = time.monotonic()
    while len(done) < 10: await asyncio.sleep(0.01)
    print(set(done), time.monotonic() - begun < 2)
asyncio.run(main())`;
    expect(await run(server, code)).toEqual(fine("1 []", "{'at last'} True"));
    expect(server.mostAtOnce).toBeGreaterThan(5);
  });

  test("tells what happens by events, and is over in send where none runs", async () => {
    await using server = await XhrServer.start();
    const code = `
from pyodide.ffi import create_proxy
def watched(path, **settings):
    events = []
    request = XMLHttpRequest.new()
    for name in "readystatechange", "loadstart", "load", "loadend", "error", "timeout", "abort":
        setattr(request, "on" + name, lambda event: events.append(event.type + str(event.target.readyState)))
    listener = create_proxy(lambda event: events.append("heard"))
    request.addEventListener("loadend", listener)
    request.addEventListener("loadend", print); request.removeEventListener("loadend", print)
    request.open("GET", base + path if path.startswith("/") else path)
    for name, value in settings.items(): setattr(request, name, value)
    request.send()
    print(*events)
    return request
watched("/slow/1"); print(watched("http://10.0.0.1/").status); watched("/silent", timeout=100)
import asyncio
async def main():
    request = watched("/silent"); await asyncio.sleep(0.2); request.abort(); await asyncio.sleep(0)
    print(request.readyState, request.status)
asyncio.run(main())`;
    const end = "loadend4 heard";
    expect(await run(server, code)).toEqual(
      fine(
        `readystatechange1 loadstart1 readystatechange2 readystatechange3 readystatechange4 load4 ${end}`,
        `readystatechange1 loadstart1 readystatechange4 error4 ${end}`,
        "0",
        `readystatechange1 loadstart1 readystatechange4 timeout4 ${end}`,
        "readystatechange1",
        "0 0",
      ),
    );
    expect(server.aborted).toBe(2);
  });
});

describe("the module js", () => {
  test("has what HTTP needs, and refuses the rest", async () => {
    await using server = await XhrServer.start();
    const code = `
import js
print(*dir(js))
print(js.Object.fromEntries(to_js([["a", 1]])).a, js.Object.entries(to_js({"b": 2})), js.JSON.stringify(to_js({"c": [1]})))
print(js.JSON.parse('{"d": 4}').d, js.URLSearchParams.new("?a=1&a=2").getAll("a"), js.Headers.new({"X": "1"}).get("x"))
try: js.document
except AttributeError as error: print(error)`;
    expect(await run(server, code)).toEqual(
      fine(
        "AbortController AbortSignal Blob File FormData Headers JSON Object Request Response URLSearchParams Uint8Array XMLHttpRequest fetch",
        `1 [['b', 2]] {"c":[1]}`,
        "4 ['1', '2'] 1",
        "module 'js' has no attribute 'document': woma's Python reaches no JavaScript; what it may use of the host comes through Python's own modules",
      ),
    );
  });
});
