import type { Library } from "./library.ts";

const NO_CONCURRENCY = "needs threads, which woma has not; its executors run one call after the other";
const ONE_ANSWER = "the library makes requests, and leaves what answers mean to its caller";

const TOGETHER = "twenty requests are on their way at the same time";
const DIGEST = "a login is proved (Digest)";
const NOT_FOLLOWED = "a redirect is not followed when it should not be";
const RAW = "the library hands on what came; the program undoes the coding, which http.client has a behaviour for";
const UNDONE: Readonly<Record<string, string>> = {
  "gzip is undone": RAW,
  "deflate is undone": RAW,
  "zstd is undone, where the library can": RAW,
  "a body that is not in the coding it claims is the library's error": RAW,
};
const REDIRECTS: Readonly<Record<string, string>> = {
  [NOT_FOLLOWED]: ONE_ANSWER,
  "redirects are followed": ONE_ANSWER,
  "a redirect relative to the path is followed": ONE_ANSWER,
  "a redirect to another server is followed": ONE_ANSWER,
  "a redirect by 303 makes a GET of a POST": ONE_ANSWER,
  "a redirect from HTTP to HTTPS is followed": ONE_ANSWER,
};
const PARTS = "files and fields are posted as parts";
const COOKIES = "cookies come back to the server that set them";

/** Native side: zstd is in woma's standard library, and a package of its own for an older Python. */
const ZSTD = "backports.zstd==1.8.0; python_version < '3.14'";
const SAME_AS_LOCK = ["certifi==2026.4.22", "idna==3.11", "charset-normalizer==3.4.7"];
const HTTPCORE = ["httpcore==1.0.9", "h11==0.16.0", "anyio==4.13.0", "sniffio==1.3.1"];
const H2 = ["h2==4.4.1", "hpack==4.2.0", "hyperframe==6.1.0"];

/** The files that programs/http_behaviours.py puts together. */
const WEB = { shares: ["http_messages", "http_journeys", "http_connections", "http_trust"] };

export const httpLibraries: readonly Library[] = [
  {
    name: "urllib.request",
    program: "with_urllib",
    ...WEB,
    packages: [],
    leftOut: {
      [TOGETHER]: NO_CONCURRENCY,
      [NOT_FOLLOWED]: "takes a handler of the program's own",
      [PARTS]: "the library has no parts",
      ...UNDONE,
    },
  },
  {
    name: "http.client",
    program: "with_http_client",
    ...WEB,
    packages: ["cramjam==2.14.0"],
    nativePackages: ["cramjam==2.14.0", ZSTD],
    leftOut: {
      ...UNDONE,
      ...REDIRECTS,
      [TOGETHER]: NO_CONCURRENCY,
      [DIGEST]: ONE_ANSWER,
      [PARTS]: ONE_ANSWER,
      [COOKIES]: ONE_ANSWER,
    },
  },
  {
    name: "urllib3",
    program: "with_urllib3",
    ...WEB,
    packages: ["urllib3==2.6.3"],
    nativePackages: ["urllib3==2.6.3", ZSTD],
    leftOut: { [TOGETHER]: NO_CONCURRENCY, [DIGEST]: ONE_ANSWER, [COOKIES]: ONE_ANSWER },
  },
  {
    name: "requests",
    program: "with_requests",
    ...WEB,
    packages: ["requests==2.33.1"],
    nativePackages: ["requests==2.33.1", "urllib3==2.6.3", ...SAME_AS_LOCK, ZSTD],
    leftOut: { [TOGETHER]: NO_CONCURRENCY },
  },
  {
    name: "httpx of the lock",
    program: "with_httpx",
    ...WEB,
    packages: ["httpx"],
    nativePackages: ["httpx==0.28.1", ...HTTPCORE, ...SAME_AS_LOCK],
    leftOut: { [TOGETHER]: NO_CONCURRENCY },
  },
  {
    name: "httpx of the lock, asynchronous",
    program: "with_async_httpx",
    ...WEB,
    packages: ["httpx"],
    nativePackages: ["httpx==0.28.1", ...HTTPCORE, ...SAME_AS_LOCK],
  },
  {
    name: "httpx of the index",
    program: "with_httpx",
    ...WEB,
    packages: ["httpx==0.27.2"],
    nativePackages: ["httpx==0.27.2", ...HTTPCORE, ...SAME_AS_LOCK],
    leftOut: { [TOGETHER]: NO_CONCURRENCY },
  },
  {
    name: "httpx of the index, asynchronous",
    program: "with_async_httpx",
    ...WEB,
    packages: ["httpx==0.27.2"],
    nativePackages: ["httpx==0.27.2", ...HTTPCORE, ...SAME_AS_LOCK],
  },
  {
    name: "httpx of the index, by HTTP/2",
    program: "with_httpx_http2",
    packages: ["httpx==0.27.2", "h2==4.4.1"],
    nativePackages: ["httpx==0.27.2", ...H2, ...HTTPCORE, ...SAME_AS_LOCK],
  },
  {
    name: "httpx of the lock, by HTTP/2",
    program: "with_httpx_http2",
    packages: ["httpx[http2]"],
    nativePackages: ["httpx==0.28.1", ...H2, ...HTTPCORE, ...SAME_AS_LOCK],
  },
  {
    name: "aiohttp",
    program: "with_aiohttp",
    ...WEB,
    packages: ["aiohttp==3.14.5"],
    nativePackages: ["aiohttp==3.14.5", "yarl==1.25.1", "multidict==6.7.1", ZSTD],
    // woma's has no parser in C either; the two word some errors in another way.
    nativeEnvironment: { AIOHTTP_NO_EXTENSIONS: "1" },
  },
];
