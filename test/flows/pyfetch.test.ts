import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { runWoma } from "../support/woma.ts";
import { LARGE_BODY, XhrServer } from "../support/xhr-servers.ts";

setDefaultTimeout(60_000);

/** A program that is the body of a coroutine; `base` is the server's address. */
async function run(server: XhrServer, body: string, flags: readonly string[] = ["--allow-net=127.0.0.1"]) {
  const code = `
import asyncio, sys, time
import js
from pyodide.http import AbortError, BodyUsedError, FetchResponse, HttpStatusError, open_url, pyfetch, pyxhr
base = sys.argv[1]
async def main():
${body.replace(/^/gm, "    ")}
asyncio.run(main())`;
  const { stdout, stderr, exitCode } = await runWoma([...flags, "-c", code, server.url("")]);
  return { stdout: stdout.replaceAll(server.url(""), "BASE").split("\n").slice(0, -1), stderr, exitCode };
}

const fine = (...stdout: string[]) => ({ stdout, stderr: "", exitCode: 0 });

describe("pyfetch", () => {
  test("gives a FetchResponse with all that Pyodide's has", async () => {
    await using server = await XhrServer.start();
    const code = `
response = await pyfetch(base + "/json")
print(type(response) is FetchResponse, response.status, response.status_text, response.ok, response.url, response.redirected, response.type)
print(response.headers["content-type"], response.body_used, await response.json(), response.body_used)
print(await (await pyfetch(base + "/hello")).string(), await (await pyfetch(base + "/hello")).text())
print(len(await (await pyfetch(base + "/large")).bytes()), (await (await pyfetch(base + "/large")).memoryview()).nbytes, (await (await pyfetch(base + "/large")).buffer()).byteLength)
response = await pyfetch(base + "/redirect/302"); print(response.url, response.redirected)
response = await pyfetch(base + "/status/404"); copy = response.clone()
try: response.raise_for_status()
except HttpStatusError as error: print(error, error.status, error.status_text, error.url)
print(await response.text(), await copy.text())
for again in response.text, response.json, response.bytes:
    try: await again()
    except BodyUsedError as error: print(error)
print(await (await pyfetch(base + "/gzip")).text(), await (await pyfetch("data:,local")).text())`;
    const large = LARGE_BODY.length;
    expect(await run(server, code)).toEqual(
      fine(
        "True 200 OK True BASE/json False basic",
        "application/json False {'name': 'wörld', 'list': [1, 2]} True",
        "hello, wörld hello, wörld",
        `${large} ${large} ${large}`,
        "BASE/hello True",
        "404 Client Error: Not Found for url: BASE/status/404 404 Not Found BASE/status/404",
        "status 404 status 404",
        ...Array(3).fill("Response body is already used"),
        "was gzip local",
      ),
    );
  });

  test("sends what its options say", async () => {
    await using server = await XhrServer.start();
    const code = `
data = bytes(range(251)) * 20900
response = await pyfetch(base + "/echo", method="POST", body=data, headers={"X-Name": "value"}, credentials="include")
print(await response.bytes() == data)
await pyfetch(base + "/echo", method="put", body="text", headers=[["Content-Type", "text/csv"]])
request = js.Request.new(base + "/echo", method="PATCH", body="given")
print(await (await pyfetch(request)).text())
print((await pyfetch(base + "/redirect/302", redirect="manual")).status)
for options in {"redirect": "error"}, {"body": "x"}, {"method": "trace"}, {"headers": {"A B": "1"}}:
    try: await pyfetch(base + "/redirect/302", **options)
    except Exception as error: print(type(error).__name__, error)`;
    const { stdout, ...end } = await run(server, code);
    expect(end).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toEqual([
      "True",
      "given",
      "302",
      "AbortError Failed to fetch 'BASE/redirect/302': redirected, which the request does not allow",
      "JsException TypeError: Request with GET/HEAD method cannot have body.",
      "JsException TypeError: 'trace' HTTP method is unsupported",
      "JsException TypeError: Invalid header name: 'A B'",
    ]);
    expect(server.asked.slice(0, 3).map(({ method, headers }) => [method, headers["content-type"]])).toEqual([
      ["POST", undefined],
      ["PUT", "text/csv"],
      ["PATCH", "text/plain;charset=UTF-8"],
    ]);
    expect(server.asked[0]?.headers["x-name"]).toBe("value");
  });

  test("of 20 at once takes as long as one", async () => {
    await using server = await XhrServer.start();
    const code = `
begun = time.monotonic()
texts = await asyncio.gather(*[(lambda: read(base + "/slow/500"))() for _ in range(20)])
print(set(texts), time.monotonic() - begun < 3)`;
    const read = "async def read(url): return await (await pyfetch(url)).text()";
    expect(await run(server, read + code)).toEqual(fine("{'at last'} True"));
    expect(server.mostAtOnce).toBe(20);
  });

  test("fails as an AbortError that says why, and which flag would help", async () => {
    await using server = await XhrServer.start();
    const code = `
for url in "http://10.0.0.1/", "http://nowhere.invalid/", "http://127.0.0.1:1/", base + "/drop", base + "/redirect/302?to=http://192.168.0.1/":
    try: await pyfetch(url)
    except OSError as error: print(type(error).__name__, error)
response = await pyfetch(base + "/cut")
try: await response.bytes()
except AbortError as error: print(error)`;
    const failed = (url: string, why: string) => `AbortError Failed to fetch '${url}': ${why}`;
    expect(await run(server, code)).toEqual(
      fine(
        failed("http://10.0.0.1/", "10.0.0.1 is a private address; allow it with --allow-net=10.0.0.1:80"),
        failed("http://nowhere.invalid/", "no host of that name is known"),
        failed("http://127.0.0.1:1/", "connection refused"),
        failed("BASE/drop", "the server closed the connection without an answer"),
        failed(
          "BASE/redirect/302?to=http://192.168.0.1/",
          "192.168.0.1 is a private address; allow it with --allow-net=192.168.0.1:80",
        ),
        "Failed to fetch 'BASE/cut': Connection reset by peer: the server closed the connection within its answer",
      ),
    );
  });

  test("is given up by a signal, by abort, by a timeout and by cancellation", async () => {
    await using server = await XhrServer.start();
    const code = `
async def told(work):
    try: print(await work)
    except AbortError as error: print("AbortError", error)
    except asyncio.CancelledError as error: print("CancelledError", *error.args)
    except TimeoutError: print("TimeoutError")
controller = js.AbortController.new()
asyncio.get_running_loop().call_later(0.1, controller.abort)
await told(pyfetch(base + "/silent", signal=controller.signal))
await told(pyfetch(base + "/silent", signal=controller.signal))
await told(pyfetch(base + "/silent", signal=js.AbortSignal.timeout(100)))
await told(asyncio.wait_for(pyfetch(base + "/silent"), 0.1))
task = asyncio.create_task(pyfetch(base + "/silent")); await asyncio.sleep(0.1); task.cancel("no need"); await told(task)
response = await pyfetch(base + "/stall")
asyncio.get_running_loop().call_later(0.1, response.abort, "enough")
await told(response.bytes())`;
    expect(await run(server, code)).toEqual(
      fine(
        "AbortError signal is aborted without reason",
        "AbortError signal is aborted without reason",
        "AbortError signal timed out",
        "TimeoutError",
        "CancelledError no need",
        "AbortError enough",
      ),
    );
    while (server.aborted < 5) await Bun.sleep(10);
  });

  test("writes files and unpacks archives", async () => {
    await using server = await XhrServer.start();
    const code = `
import io, os, zipfile
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as file: file.writestr("inside/name.txt", "content")
response = await pyfetch(base + "/echo", method="POST", body=archive.getvalue())
await response.unpack_archive(format="zip", extract_dir="/tmp/unpacked")
print(open("/tmp/unpacked/inside/name.txt").read())
await (await pyfetch(base + "/large"))._create_file("/tmp/large"); print(os.path.getsize("/tmp/large"))
with open("/tmp/hello", "wb") as file: await (await pyfetch(base + "/hello"))._into_file(file)
print(open("/tmp/hello").read())`;
    expect(await run(server, code)).toEqual(fine("content", String(LARGE_BODY.length), "hello, wörld"));
  });
});

describe("fetch of the module js", () => {
  test("is a promise of a response", async () => {
    await using server = await XhrServer.start();
    const code = `
from pyodide.ffi import to_js
options = to_js({"method": "POST", "body": "sent", "headers": {"X-Name": "value"}}, dict_converter=js.Object.fromEntries)
response = await js.fetch(base + "/request", options)
answer = await response.json(); print(response.status, answer.method, answer.body, answer.to_py()["headers"]["x-name"])
print(await js.fetch(base + "/hello").then(lambda response: response.text()))
reader = (await js.fetch(base + "/large")).body.getReader(); count = 0
while not (piece := await reader.read()).done: count += piece.value.length
print(count)
first, second = js.fetch(base + "/slow/300"), js.fetch(base + "/slow/300")
print(await (await first).text(), await (await second).text())`;
    expect(await run(server, code)).toEqual(
      fine("200 POST sent value", "hello, wörld", String(LARGE_BODY.length), "at last at last"),
    );
    expect(server.mostAtOnce).toBe(2);
  });

  test("leaves no descriptor behind", async () => {
    await using server = await XhrServer.start();
    const code = `
for _ in range(30):
    response = await js.fetch(base + "/large")
    try: await pyfetch("http://127.0.0.1:1/")
    except AbortError: pass
    await (await pyfetch(base + "/hello")).text()
print("done")`;
    expect(await run(server, code, ["--allow-net=127.0.0.1", "--max-open-files=12"])).toEqual(fine("done"));
  });
});

test("open_url and pyxhr are Pyodide's own", async () => {
  await using server = await XhrServer.start();
  const code = `
from pyodide.ffi import JsException
print(open_url(base + "/json").read(), open_url(base + "/status/404").read())
response = pyxhr.post(base + "/request", json={"a": 1}, params={"q": "ä"}, auth=("user", "word"), headers={"X": "1"})
print(response.status_code, response.ok, response.headers["content-type"], response.json()["headers"]["authorization"], response.json()["body"])
try: pyxhr.get(base + "/status/500").raise_for_status()
except HttpStatusError as error: print(error)
try: open_url("http://10.0.0.1/")
except JsException as error: print(error.name, error.message)
try: pyxhr.delete("http://10.0.0.1/")
except pyxhr.XHRNetworkError as error: print(error)`;
  const reason =
    "Failed to execute 'send' on 'XMLHttpRequest': Failed to load 'http://10.0.0.1/': 10.0.0.1 is a private address; allow it with --allow-net=10.0.0.1:80";
  expect(await run(server, code)).toEqual(
    fine(
      '{"name": "wörld", "list": [1, 2]} status 404',
      `200 True application/json Basic ${btoa("user:word")} {"a": 1}`,
      "500 Server Error: Internal Server Error for url: BASE/status/500",
      `NetworkError ${reason}`,
      `Network error for DELETE http://10.0.0.1/: ${reason}`,
    ),
  );
});
