import { describe, expect, test } from "bun:test";
import { SOCKET_DEPENDENCIES, withSocketDependencies } from "../../src/pyodide-manager/socket-dependencies.ts";

const METADATA = `Metadata-Version: 2.4
Name: httpx
Requires-Dist: anyio; sys_platform != 'emscripten'
Requires-Dist: certifi
Requires-Dist: httpcore==1.*; sys_platform != 'emscripten'
Requires-Dist: idna
Provides-Extra: http2
Requires-Dist: h2<5,>=3; extra == 'http2'

Requires-Dist: of the description; sys_platform != "win32"
`;

describe("what a package of the distribution requires where there are sockets", () => {
  const changed = (name: string, text = METADATA) =>
    new TextDecoder().decode(withSocketDependencies(name, new TextEncoder().encode(text)));

  test("is not left out of httpx's metadata", () => {
    expect(changed("httpx")).toBe(`Metadata-Version: 2.4
Name: httpx
Requires-Dist: anyio
Requires-Dist: certifi
Requires-Dist: httpcore==1.*
Requires-Dist: idna
Provides-Extra: http2
Requires-Dist: h2<5,>=3; extra == 'http2'

Requires-Dist: of the description; sys_platform != "win32"
`);
  });

  test("of any other stays as it is", () => {
    expect(changed("requests")).toBe(METADATA);
  });

  test("is known by the names that packages have", () => {
    for (const [name, needed] of SOCKET_DEPENDENCIES)
      for (const each of [name, ...needed]) expect(each).toMatch(/^[a-z\d]+(-[a-z\d]+)*$/);
  });
});
