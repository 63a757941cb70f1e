import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { testUnless } from "../support/loud-skip.ts";
import { noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { runWoma } from "../support/woma.ts";
import { LARGE_BODY, XhrServer } from "../support/xhr-servers.ts";

setDefaultTimeout(60_000);

const obstacle = await noMirror();

/** `base` is the server's address; `shown(call)` prints what a call raises, or gives. */
const SETUP = `
import sys
base = sys.argv[1]
def shown(call):
    try: print(call())
    except Exception as error: print(type(error).__name__, error)
`;

const FLAGS = ["--net", "xhr", "--allow-net=127.0.0.1"];
const NO_SOCKETS =
  "PermissionError [Errno 13] Permission denied: woma was started with --net xhr: this program has HTTP alone; --net sockets lets it connect";

async function run(server: XhrServer, code: string) {
  const { stdout, stderr, exitCode } = await runWoma([...FLAGS, "-c", SETUP + code, server.url("")]);
  return { stdout: stdout.replaceAll(server.url(""), "BASE").split("\n").slice(0, -1), stderr, exitCode };
}

const fine = (...stdout: string[]) => ({ stdout, stderr: "", exitCode: 0 });

describe("with --net xhr", () => {
  test("sockets are refused in words", async () => {
    await using server = await XhrServer.start();
    const code = `
import asyncio, http.client, socket
address = ("127.0.0.1", ${server.port})
shown(lambda: socket.create_connection(address)); shown(lambda: socket.socket().connect(address))
shown(lambda: socket.getaddrinfo("localhost", 80)); shown(lambda: asyncio.run(asyncio.open_connection(*address)))
def ask(): http.client.HTTPConnection(*address).request("GET", "/")
shown(ask)
first, second = socket.socketpair(); first.send(b"still"); print(second.recv(5))`;
    expect(await run(server, code)).toEqual(fine(...Array(5).fill(NO_SOCKETS), "b'still'"));
    expect(server.asked).toEqual([]);
  });

  test("urllib has what is above connections as ever", async () => {
    await using server = await XhrServer.start();
    const code = `
import http.cookiejar, urllib.request as r
from urllib.error import HTTPError
answer = r.urlopen(base + "/hello"); print(answer.status, answer.reason, answer.msg, answer.url, answer.headers["Content-Type"], answer.read().decode())
answer = r.urlopen(base + "/redirect/302"); print(answer.url, answer.read().decode())
sent = r.urlopen(r.Request(base + "/request", data=b"a=1", headers={"X-Name": "value"}, method="PUT")).read().decode()
print('"method":"PUT"' in sent, '"x-name":"value"' in sent, '"body":"a=1"' in sent, "Python-urllib" in sent)
try: r.urlopen(base + "/none")
except HTTPError as error: print(error, error.code, error.read())
opener = r.build_opener(r.HTTPCookieProcessor(http.cookiejar.CookieJar()))
opener.open(base + "/cookie"); print(opener.open(base + "/cookie").read())
print(len(r.urlopen(base + "/large").read()), r.urlopen(base + "/gzip").read(), r.urlopen(r.Request(base + "/large", method="HEAD")).read())
print(r.urlretrieve(base + "/hello", "/tmp/hello")[0], open("/tmp/hello").read())`;
    expect(await run(server, code)).toEqual(
      fine(
        "200 OK OK BASE/hello text/plain; charset=utf-8 hello, wörld",
        "BASE/hello hello, wörld",
        "True True True True",
        "HTTP Error 404: Not Found 404 b'nothing here'",
        "b'session=1'",
        `${LARGE_BODY.length} b'was gzip' b''`,
        "/tmp/hello hello, wörld",
      ),
    );
  });

  test("urllib fails as ever", async () => {
    await using server = await XhrServer.start();
    const code = `
from urllib.request import urlopen
for url in "http://127.0.0.1:1/", "http://nowhere.invalid/", "http://10.0.0.1/", base + "/redirect/302?to=http://10.0.0.1/":
    shown(lambda: urlopen(url))
shown(lambda: urlopen(base + "/silent", timeout=0.1)); shown(lambda: urlopen(base + "/stall", timeout=0.1).read())
shown(lambda: urlopen(base + "/cut").read())`;
    const refused =
      "URLError <urlopen error [Errno 13] Permission denied: 10.0.0.1 is a private address; allow it with --allow-net=10.0.0.1:80>";
    expect(await run(server, code)).toEqual(
      fine(
        "URLError <urlopen error [Errno 111] Connection refused>",
        "URLError <urlopen error [Errno -2] Name or service not known>",
        refused,
        refused,
        "URLError <urlopen error timed out>",
        "TimeoutError timed out",
        "ConnectionResetError [Errno 104] Connection reset by peer: the server closed the connection within its answer",
      ),
    );
  });

  test("a program pays for nothing that it does not use", async () => {
    await using server = await XhrServer.start();
    const code = `
print(*[name for name in sys.modules if name.startswith(("pyodide_http", "http", "urllib."))])
import urllib.request; print(*sorted(name for name in sys.modules if name.startswith("pyodide_http")))`;
    expect(await run(server, code)).toEqual(
      fine("urllib.parse", "pyodide_http pyodide_http._core pyodide_http._streaming pyodide_http._urllib"),
    );
  });

  testUnless(obstacle, "requests is as ever, and urllib3 too", async () => {
    await using server = await XhrServer.start();
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const code = `${SETUP}
import requests, urllib3
r = requests.get(base + "/json"); print(r.status_code, r.reason, r.json(), r.url, r.encoding)
r = requests.get(base + "/redirect/302"); print(r.url, r.history, r.text)
r = requests.get(base + "/redirect/302", allow_redirects=False); print(r.status_code, r.headers["Location"])
session = requests.Session(); session.get(base + "/cookie"); print(session.get(base + "/cookie").text, dict(session.cookies))
r = requests.post(base + "/request", json={"a": 1}, params={"q": "ä"}, auth=("user", "word")).json()
print(r["method"], r["body"], r["headers"]["authorization"], r["headers"]["user-agent"][:15])
data = bytes(range(251)) * 20900; print(requests.put(base + "/echo", data=data).content == data)
with requests.get(base + "/large", stream=True) as r: print(sum(map(len, r.iter_content(65536))))
print(requests.get(base + "/gzip").text)
shown(lambda: requests.get(base + "/none").raise_for_status())
for url in "http://127.0.0.1:1/", "http://10.0.0.1/": shown(lambda: requests.get(url))
shown(lambda: requests.get(base + "/silent", timeout=0.1)); shown(lambda: requests.get(base + "/stall", timeout=(1, 0.1)))
try: requests.get(base + "/cut")
except requests.exceptions.ChunkedEncodingError: print("cut")
pool = urllib3.PoolManager(); r = pool.request("GET", base + "/redirect/302"); print(r.status, r.data.decode())
r = pool.request("GET", base + "/large", preload_content=False); print(sum(map(len, r.stream(65536))), pool.request("GET", base + "/gzip").data)`;
    const args = ["-q", "--with", "requests", ...FLAGS, "-c", code, server.url("")];
    const { stdout, ...end } = await home.run(args);
    expect(end).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout.replaceAll(server.url(""), "BASE").split("\n")).toEqual([
      "200 OK {'name': 'wörld', 'list': [1, 2]} BASE/json utf-8",
      "BASE/hello [<Response [302]>] hello, wörld",
      "302 /hello",
      "session=1 {'session': '1'}",
      `POST {"a": 1} Basic ${btoa("user:word")} python-requests`,
      "True",
      String(LARGE_BODY.length),
      "was gzip",
      "HTTPError 404 Client Error: Not Found for url: BASE/none",
      "ConnectionError [Errno 111] Connection refused",
      "ConnectionError [Errno 13] Permission denied: 10.0.0.1 is a private address; allow it with --allow-net=10.0.0.1:80",
      "ReadTimeout timed out",
      `ConnectionError 127.0.0.1:${server.port}: Read timed out.`,
      "cut",
      "200 hello, wörld",
      `${LARGE_BODY.length} b'was gzip'`,
      "",
    ]);
  });
});

test("pyodide-http is there for a program that asks for it, with sockets too", async () => {
  await using server = await XhrServer.start();
  const code = `${SETUP}
import pyodide_http, urllib.request
print(pyodide_http.should_patch()); pyodide_http.patch_all()
print(urllib.request.urlopen(base + "/hello").read().decode())`;
  const { stdout, stderr } = await runWoma(["--allow-net=127.0.0.1", "-c", code, server.url("")]);
  expect({ stdout, stderr }).toEqual({ stdout: "True\nhello, wörld\n", stderr: "" });
  expect(server.asked[0]?.headers["accept-encoding"]).toBe("gzip, br, zstd");
});
