import { afterAll, describe, expect, test } from "bun:test";
import { fetchFromIndex } from "../../scripts/package-index.ts";

const wheel = { name: "some-thing", file: "some_thing-1.0-py3-none-any.whl" };
const jsonType = "application/vnd.pypi.simple.v1+json";

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  routes: {
    "/json/some-thing/": () =>
      new Response(JSON.stringify({ files: [{ url: `../../files/${wheel.file}` }] }), {
        headers: { "content-type": jsonType },
      }),
    "/html/some-thing/": () =>
      page(`<a href="../../files/${wheel.file}#sha256=00" data-requires-python="&gt;=3">${wheel.file}</a>`),
    "/based/some-thing/": () => page(`<base href="/files/"><a href="${wheel.file}?a=1&amp;b=2">x</a>`),
    "/private/some-thing/": (request) =>
      request.headers.get("authorization") === `Basic ${btoa("user:p@ss")}`
        ? page(`<a href="/files/${wheel.file}">x</a>`)
        : new Response("", { status: 401 }),
    "/empty/some-thing/": () => page(""),
    [`/files/${wheel.file}`]: () => new Response("the wheel"),
  },
  fetch: () => new Response("", { status: 404 }),
});

afterAll(() => server.stop(true));

function page(body: string): Response {
  return new Response(`<!DOCTYPE html><body>${body}</body>`, { headers: { "content-type": "text/html" } });
}

async function fetched(index: string): Promise<string> {
  return new TextDecoder().decode(await fetchFromIndex(index, wheel));
}

describe("a file is found on an index", () => {
  test("that answers JSON with relative addresses", async () => {
    expect(await fetched(`${server.url}json`)).toBe("the wheel");
  });
  test("that answers HTML with relative addresses and fragments", async () => {
    expect(await fetched(`${server.url}html/`)).toBe("the wheel");
  });
  test("whose page has a base and escaped ampersands", async () => {
    expect(await fetched(`${server.url}based`)).toBe("the wheel");
  });
  test("that asks for the name and password in its URL", async () => {
    expect(await fetched(`http://user:p%40ss@127.0.0.1:${server.port}/private`)).toBe("the wheel");
  });
});

test("an index without the file says so", async () => {
  expect(fetched(`${server.url}empty`)).rejects.toThrow(`has no ${wheel.file}`);
});

test("an index without the project gives its status", async () => {
  expect(fetched(`${server.url}nowhere`)).rejects.toThrow("answered 404");
});
