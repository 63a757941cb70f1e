import { describe, expect, test } from "bun:test";
import { loadLock, parseLock } from "../../src/pyodide-manager/lock.ts";

const lock = loadLock();

describe("a module is found in its package", () => {
  test.each([
    ["numpy", "numpy"],
    ["pandas", "pandas"],
    ["matplotlib.pyplot", "matplotlib"],
    ["mpl_toolkits.mplot3d", "matplotlib"],
    ["matplotlib_inline", "matplotlib-inline"],
    ["skimage", "scikit-image"],
    ["sklearn", "scikit-learn"],
    ["scipy", "scipy"],
    ["requests", "requests"],
    ["httpx", "httpx"],
    ["aiohttp", "aiohttp"],
    ["PIL", "pillow"],
    ["cv2", "opencv-python"],
    ["bs4", "beautifulsoup4"],
    ["yaml", "pyyaml"],
    ["orjson", "orjson"],
    ["sympy", "sympy"],
    ["tiktoken", "tiktoken"],
    ["pydantic", "pydantic"],
    ["regex", "regex"],
    ["lxml.etree", "lxml"],
    ["dateutil", "python-dateutil"],
    ["ruamel.yaml", "ruamel-yaml"],
    ["google.protobuf", "protobuf"],
    ["jinja2", "jinja2"],
    ["Crypto.Cipher", "pycryptodome"],
  ])("%s is in %s", (module, name) => {
    expect(lock.packageOfModule(module)).toBe(name);
  });

  test.each(["reqeusts", "os", "", ".", "__proto__", "constructor", "NumPy"])("%j is in none", (module) => {
    expect(lock.packageOfModule(module)).toBeNull();
  });
});

test("every package depends on packages that are there, and has a file", () => {
  expect(lock.closure(lock.packages.keys())).toHaveLength(lock.packages.size);
  expect([...lock.packages.values()].filter(({ sha256 }) => !/^[0-9a-f]{64}$/.test(sha256))).toEqual([]);
});

test("names are normalized, whichever way the lock spells them", () => {
  expect(lock.closure(["pydantic"]).map(({ name }) => name)).toEqual([
    "typing-extensions",
    "pydantic-core",
    "annotated-types",
    "typing-inspection",
    "pydantic",
  ]);
  expect(lock.fileOf("Pydantic_Core")).toEqual({
    name: "pydantic-core",
    version: "2.41.5",
    fileName: "pydantic_core-2.41.5-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
    sha256: lock.packages.get("pydantic-core")?.sha256 ?? "",
    origin: "lock",
    url: null,
    bytes: null,
  });
});

test("a package comes after what it depends on, and packages that need each other come once", () => {
  const entry = (name: string, depends: readonly string[]) => ({
    name,
    depends,
    version: "1",
    file_name: `${name}-1-py3-none-any.whl`,
    sha256: "0".repeat(64),
    imports: [name],
    package_type: "package",
  });
  const circle = { A: entry("A", ["b_c"]), "b.c": entry("b.c", ["A", "d"]), d: entry("d", []) };
  const parsed = parseLock(JSON.stringify({ info: {}, packages: circle }));
  expect(parsed.closure(["a"]).map(({ name }) => name)).toEqual(["d", "b-c", "a"]);
  expect(() => parsed.closure(["e"])).toThrow("the lock has no package e");
});

test("what is no wheel is told apart", () => {
  expect(lock.packages.get("libopenblas")?.kind).toBe("shared library");
  expect(lock.packages.get("pandas-tests")?.kind).toBe("tests");
  expect(lock.packages.get("pandas")?.kind).toBe("package");
});

describe("a name that nobody has is near to", () => {
  test.each([
    ["reqeusts", "requests"],
    ["request", "requests"],
    ["nunpy", "numpy"],
    ["numpi", "numpy"],
    ["beautifulsup", "beautifulsoup4"],
    ["sklern", "sklearn"],
    ["scikit_learn", "scikit-learn"],
    ["pyyaml", "pyyaml"],
    ["Pandas", "pandas"],
    ["opencv", null],
    ["tensorflow", null],
    ["xy", null],
    ["__proto__", null],
    ["", null],
  ])("%s: %s", (typed, near) => {
    expect(lock.nearestModule(typed)).toBe(near);
  });

  test("none, when it is as long as a request may be", () => {
    expect(lock.nearestModule("x".repeat(4096))).toBeNull();
  });
});
