import { expect, test } from "bun:test";
import { formatError, type WomaError } from "../../../src/errors.ts";
import { readOutlet } from "../../../src/pyodide-manager/download/outlet.ts";
import { scratchDirectory } from "../../support/woma.ts";

/** Nothing of this machine's configuration. */
const ALONE = { HOME: "/nowhere", PIP_CONFIG_FILE: "/dev/null" };

async function proxies(environment: Record<string, string>, urls: readonly string[]) {
  const outlet = await readOutlet({ ...ALONE, ...environment });
  return urls.map((url) => outlet.proxyFor(new URL(url))?.host ?? null);
}

test("a proxy is known by the variables that curl has", async () => {
  const urls = ["http://a.example/", "https://a.example/"];
  expect(await proxies({}, urls)).toEqual([null, null]);
  expect(await proxies({ http_proxy: "http://proxy:3128" }, urls)).toEqual(["proxy:3128", null]);
  expect(await proxies({ HTTPS_PROXY: "proxy:3128" }, urls)).toEqual([null, "proxy:3128"]);
  expect(await proxies({ ALL_PROXY: "http://user:pass@proxy:3128" }, urls)).toEqual(["proxy:3128", "proxy:3128"]);
});

test("some servers are reached without it", async () => {
  const urls = ["http://in.example/", "http://a.in.example:81/", "http://begin.example/", "http://10.0.0.1:8000/"];
  const through = (no_proxy: string) => proxies({ http_proxy: "http://proxy:1", no_proxy }, urls);
  expect(await through("in.example, 10.0.0.1")).toEqual([null, null, "proxy:1", null]);
  expect(await through(".in.example,10.0.0.1:8000")).toEqual([null, null, "proxy:1", null]);
  expect(await through("*")).toEqual([null, null, null, null]);
  expect(await through("")).toEqual(["proxy:1", "proxy:1", "proxy:1", "proxy:1"]);
});

test("certificates are read from where pip and uv have them, and it is said when they cannot be", async () => {
  await using scratch = await scratchDirectory();
  const path = `${scratch.path}/ca.pem`;
  await Bun.write(path, "-----BEGIN CERTIFICATE-----\n");
  for (const name of ["PIP_CERT", "SSL_CERT_FILE"]) {
    expect((await readOutlet({ ...ALONE, [name]: path })).certificates).toBe("-----BEGIN CERTIFICATE-----\n");
  }
  const error: WomaError = await readOutlet({ ...ALONE, PIP_CERT: `${scratch.path}/none` }).then(
    () => {
      throw new Error("it was read");
    },
    (reason) => reason,
  );
  expect(formatError(error)).toBe(
    `error: cannot read the certificates ${scratch.path}/none: no such file\n\nhint: PIP_CERT, SSL_CERT_FILE or a configuration file of pip's names them\n`,
  );
});
