import type { WrittenLibrary } from "./library.ts";

const HELLO = "Hello, world!\n";
const UNICODE = "na\u00efve \u65e5\u672c\u8a9e \u{1f600}\n";
const LATIN = "caf\u00e9 \u00fcber\n";
/** Of pattern-bytes.ts. */
const THREE_MILLION = { bytes: 3000000, sha256: "6ba4692bb1d46d4e96288fae575945dfcb6f2e019ef92499b248f6a69e4c1913" };
const THOUSAND = { bytes: 1000, sha256: "c85a431e0fe575b2609289d3a4042414715f400612575a125d2ce5573d608732" };
const FAILED = ["AbortError", true, true];
const CODINGS = ["gzip", "deflate", "br", "zstd"];

/** What browsers do, by the Fetch and XMLHttpRequest standards, where Python natively has nothing to compare with. */
export const javascriptLibraries: readonly WrittenLibrary[] = [
  {
    name: "pyodide.http.pyfetch",
    program: "with_pyfetch",
    packages: [],
    expected: {
      "a text comes with its status and headers": [
        ...[200, "OK", true, "http://localhost:<http>/hello", false],
        ...["text/plain", "14", HELLO],
      ],
      "a server is reached by its address too": HELLO,
      "text in any script": UNICODE,
      "bytes come as bytes, and as a buffer": [true, true],
      "JSON comes as Python's objects": ["GET", "/echo?a=1&b=%20two", ""],
      "an error's status is an answer, and raise_for_status raises": [
        [404, false, "404 Client Error: Not Found for url: http://localhost:<http>/status/404", "status 404\n"],
        [
          503,
          false,
          "503 Server Error: Service Unavailable for url: http://localhost:<http>/status/503",
          "status 503\n",
        ],
      ],
      "an answer without a body is empty": [204, ""],
      "a text is posted with headers of the program's own": ["POST", '{"a": "\u00fc"}', "value", "application/json"],
      "bytes are posted": [{ ...THOUSAND, framing: "content-length" }, THOUSAND],
      "PUT, PATCH, DELETE and OPTIONS arrive as such": ["PUT", "PATCH", "DELETE", "OPTIONS"],
      "HEAD has headers and no body": [200, "1234", ""],
      "headers that come twice are joined": "one, two",
      "a big body arrives whole": THREE_MILLION,
      "a big body is sent whole": true,
      "a body in chunks is put together": "one, two, three",
      "gzip, deflate, br and zstd are undone": CODINGS.map((coding) => [coding, 2000]),
      "redirects are followed": [200, true, "http://localhost:<http>/hello", HELLO],
      // As Node and Bun have it; a browser hides the status.
      "a redirect is not followed when it should not be": [302, false, FAILED],
      "a redirect by 303 makes a GET of a POST, and one by 307 repeats it": [
        ["GET", ""],
        ["POST", "body"],
      ],
      "redirects without end are an error": FAILED,
      "a body is read once, or from a clone": [HELLO, true, "Response body is already used", HELLO],
      "fifty requests at once are all answered": 50,
      "six requests are on their way at the same time": Array.from({ length: 6 }, () => "all 6\n"),
      "other tasks run while a request waits": true,
      "asyncio's time limit ends a request": HELLO,
      "a task that is cancelled ends its request": "CancelledError",
      "a connection that is refused is an error": FAILED,
      "a host that nobody knows is an error": FAILED,
      "a connection that closes without an answer is an error": FAILED,
      "an answer that is no HTTP is an error": FAILED,
      "a body that is shorter than promised is an error": FAILED,
      "a certificate that nobody vouches for is an error": [FAILED, FAILED, FAILED],
      "an address that is none is an error": "TypeError",
    },
  },
  {
    name: "pyodide.http.open_url",
    program: "with_open_url",
    packages: [],
    expected: {
      "a text is opened like a file": ["StringIO", HELLO, ""],
      "a server is reached by its address too": HELLO,
      "text in any script": UNICODE,
      "Latin-1 is read as what the server says it is": LATIN,
      "lines are read one by one": ["one, two, three"],
      "a query is sent as it is": ["GET", "/echo?a=1&b=%20two", ""],
      "a page that is not there is a text like others": ["no such route\n", "status 500\n", ""],
      "redirects are followed": [HELLO, HELLO],
      "gzip, deflate, br and zstd are undone": CODINGS,
      "a big text arrives whole": 50_006,
      "a body that ends with its connection is whole": "until the end\n",
      "a slow text is waited for": ["slow\n", "firstlater"],
      "twenty texts, one after the other": true,
      "a coroutine may open too": HELLO,
      "a connection that is refused is an error": true,
      "a host that nobody knows is an error": true,
      "a connection that closes without an answer is an error": true,
      "an answer that is no HTTP is an error": true,
      "redirects without end are an error": true,
      "a certificate that nobody vouches for is an error": [true, true, true],
      "an address that is none is an error": true,
    },
  },
  {
    name: "js.XMLHttpRequest",
    program: "with_xmlhttprequest",
    packages: [],
    expected: {
      "a text comes with its status and address": [200, "OK", HELLO, HELLO, "http://localhost:<http>/hello"],
      "a server is reached by its address too": HELLO,
      "a request goes through its states": [0, 1, 4],
      "a header is asked for by its name in any case, or all at once": [
        "text/plain",
        null,
        ["content-length: 9", "x-repeated: one, two"],
      ],
      "text in any script": UNICODE,
      "Latin-1 is read as what the server says it is": LATIN,
      "an error's status is an answer": [
        [404, "status 404\n"],
        [500, "status 500\n"],
        [204, ""],
      ],
      "a text is posted with headers of the program's own": ["POST", "gr\u00fc\u00dfe", "value", true],
      "PUT, PATCH, DELETE and OPTIONS arrive as such": ["PUT", "PATCH", "DELETE", "OPTIONS"],
      "HEAD has headers and no body": [200, "1234", ""],
      "a big text is sent whole": true,
      "bytes come as bytes by the charset that keeps them": true,
      "redirects are followed": [200, "http://localhost:<http>/hello", HELLO],
      "gzip, deflate, br and zstd are undone": CODINGS,
      "twenty requests, one after the other": true,
      "a slow answer is waited for": "firstlater",
      "an object is used again": [
        [200, HELLO],
        [404, "status 404\n"],
      ],
      "sending before opening is an error": true,
      "a connection that is refused is an error": true,
      "a host that nobody knows is an error": true,
      "a connection that closes without an answer is an error": true,
      "a certificate that nobody vouches for is an error": true,
      "pyodide's pyxhr asks by it": [200, true, "/echo?a=b+c", '{"a": 1}', "Basic QWRhOnNlY3JldA=="],
      "pyodide's pyxhr raises for what failed": [
        ["HttpStatusError", "404 Client Error: Not Found for url: http://localhost:<http>/status/404"],
        ["XHRNetworkError", "Network error for GET http://localhost:<http>/broken/nothing"],
      ],
    },
  },
];
