import { afterAll, beforeAll, describe, expect } from "bun:test";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { testUnless } from "../support/loud-skip.ts";
import { fileOf, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { scratchDirectory } from "../support/woma.ts";

const obstacle = await noMirror();

/** Programs that a line of import makes possible, and the packages that each has to fetch. */
const PROGRAMS: readonly (readonly [
  packages: readonly (keyof typeof lock.packages)[],
  code: string,
  stdout: string,
])[] = [
  [["numpy"], "import numpy as np; print(np.array([1,2,3]).mean())", "2.0\n"],
  [
    ["numpy"],
    `
import numpy as np
print(np.linalg.solve(np.array([[3., 1.], [1., 2.]]), np.array([9., 8.])), np.fft.fft([1, 0, 0, 0]).real)
first, second = (np.random.default_rng().integers(2**62) for _ in range(2)); print(first != second)`,
    "[2. 3.] [1. 1. 1. 1.] True\n".replace(" True", "\nTrue"),
  ],
  [
    ["numpy", "scipy", "joblib", "threadpoolctl", "scikit-learn"],
    `
from sklearn.linear_model import LinearRegression
from sklearn.ensemble import RandomForestClassifier
model = LinearRegression().fit([[0], [1], [2], [3]], [1, 3, 5, 7]); print(model.coef_.round(6), round(model.intercept_, 6))
points = [[x, y] for x in range(20) for y in range(20)]; labels = [int(x > y) for x, y in points]
print(RandomForestClassifier(n_estimators=20, random_state=0, n_jobs=2).fit(points, labels).score(points, labels) > 0.98)`,
    "[2.] 1.0\nTrue\n",
  ],
  [
    ["scipy", "numpy"],
    "from scipy import optimize, integrate; print(round(float(optimize.brentq(lambda x: x * x - 2, 0, 2)), 9), integrate.quad(lambda x: x, 0, 2)[0])",
    "1.414213562 2.0\n",
  ],
  [
    ["tiktoken", "regex", "requests", "charset-normalizer", "idna", "urllib3", "certifi"],
    `
import tiktoken
ranks = {bytes([byte]): byte for byte in range(256)} | {b"ab": 256, b"abc": 257}
encoding = tiktoken.Encoding("test", pat_str=r"\\w+|\\W+", mergeable_ranks=ranks, special_tokens={"<|end|>": 258})
tokens = encoding.encode("abcab é<|end|>", allowed_special="all"); print(tokens, encoding.decode(tokens))`,
    "[257, 256, 32, 195, 169, 258] abcab é<|end|>\n",
  ],
  [
    ["regex"],
    "import regex; print(regex.findall(r'\\p{Lu}\\w*', 'Ein kleiner Äpfel'), regex.fullmatch(r'(?:ab){e<=1}', 'ac') is not None)",
    "['Ein', 'Äpfel'] True\n",
  ],
  [
    ["lxml"],
    `
from lxml import etree, html
root = etree.fromstring("<a><b x='1'>text</b><b x='2'/></a>")
print(root.xpath("//b/@x"), etree.tostring(root, encoding="unicode"), html.fromstring("<p>one<br>two").text_content())`,
    `['1', '2'] <a><b x="1">text</b><b x="2"/></a> onetwo\n`,
  ],
  [
    ["pydantic", "pydantic-core", "annotated-types", "typing-extensions", "typing-inspection"],
    `
from pydantic import BaseModel, Field, ValidationError
class Item(BaseModel):
    name: str
    price: float = Field(gt=0)
print(Item.model_validate_json('{"name": "pen", "price": "1.5"}'), Item.model_json_schema()["required"])
try: Item(name="pen", price=-1)
except ValidationError as error: print(error.errors()[0]["type"])`,
    "name='pen' price=1.5 ['name', 'price']\ngreater_than\n",
  ],
  [
    ["requests", "charset-normalizer", "idna", "urllib3", "certifi"],
    "import requests; print(requests.__version__, requests.Request('GET', 'http://a.example', params={'q': 'é'}).prepare().url)",
    `${lock.packages.requests.version} http://a.example/?q=%C3%A9\n`,
  ],
  [
    // Its transport's parts are asked for too, of which this mirror lacks httpcore and h11: it is imported all the same.
    ["httpx", "anyio", "certifi", "h11", "httpcore", "idna", "sniffio", "typing-extensions"],
    "import httpx; print(httpx.__version__, httpx.URL('https://a.example/b?c=1').params['c'])",
    `${lock.packages.httpx.version} 1\n`,
  ],
  [
    ["beautifulsoup4", "soupsieve", "typing-extensions"],
    "from bs4 import BeautifulSoup; print(BeautifulSoup('<p class=x>one<p>two', 'html.parser').select_one('.x').text)",
    "onetwo\n",
  ],
  [
    ["sympy", "mpmath"],
    "from sympy import *; x = symbols('x'); print(integrate(sin(x) * x, x), solve(x**2 - 2), N(pi, 20))",
    "-x*cos(x) + sin(x) [-sqrt(2), sqrt(2)] 3.1415926535897932385\n",
  ],
  [
    ["pillow"],
    `
import io
from PIL import Image
stream = io.BytesIO(); Image.new("RGB", (4, 3), "red").save(stream, "JPEG")
print(Image.open(io.BytesIO(stream.getvalue())).size, Image.new("L", (2, 2), 7).resize((1, 1)).getpixel((0, 0)))`,
    "(4, 3) 7\n",
  ],
];

describe("a program that imports packages, on an empty cache with a mirror", () => {
  for (const [packages, code, stdout] of PROGRAMS) {
    testUnless(obstacle, `gets ${packages.join(", ")}, and has it offline from then on`, async () => {
      await using mirror = await TestMirror.start();
      await using home = await PackageHome.make({ mirror });
      const first = await home.run(["-q", "-c", code]);
      expect(first).toEqual({ stdout, stderr: "", exitCode: 0 });
      expect(mirror.files).toEqual(packages.map(fileOf).sort());
      const asked = mirror.requests.length;
      const offline = await home.run(["-q", "--offline", "-c", code], { env: { WOMA_MIRROR: "" } });
      expect(offline).toEqual({ stdout, stderr: "", exitCode: 0 });
      expect(mirror.requests).toHaveLength(asked);
    });
  }
});

describe("a table of 50 MB on a mount", () => {
  const ROWS = 1_250_000;
  let place: Awaited<ReturnType<typeof scratchDirectory>>;

  beforeAll(async () => {
    place = await scratchDirectory();
    await writeTable(join(place.path, "table.csv"), ROWS);
  });
  afterAll(() => place[Symbol.asyncDispose]());

  testUnless(obstacle, "is read and grouped by pandas, the first time and offline", async () => {
    expect(Bun.file(join(place.path, "table.csv")).size).toBeGreaterThan(50_000_000);
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const code = `
import pandas as pd
table = pd.read_csv("table.csv")
print(len(table), table.groupby("key")["value"].agg(["count", "sum"]).to_dict("list"))`;
    const sums = [0, 1, 2, 3, 4].map((key) => Array.from({ length: ROWS / 5 }, (_, index) => index * 5 + key));
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const stdout = `${ROWS} {'count': [${sums.map((values) => values.length).join(", ")}], 'sum': [${sums.map(sum).join(", ")}]}\n`;
    for (const flags of [[], ["--offline"]]) {
      const outcome = await home.run(["-q", ...flags, "--mount", ".:ro", "-c", code], { cwd: place.path });
      expect({ flags, ...outcome }).toEqual({ flags, stdout, stderr: "", exitCode: 0 });
    }
  });
});

describe("what an import needs", () => {
  testUnless(obstacle, "comes when the import is run, and not before", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const code = `
def never(): import pandas
import sys
if len(sys.argv) > 5: import scipy
print("numpy" in sys.modules, flush=True)
try: import PIL.Image as Image
except ImportError: print("none")
print(Image.__name__)`;
    expect(await home.run(["-q", "-c", code])).toEqual({ stdout: "False\nPIL.Image\n", stderr: "", exitCode: 0 });
    expect(mirror.files).toEqual([fileOf("pillow")]);
  });

  testUnless(obstacle, "is found by importlib too, and by a module of the user's that is imported", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await Bun.write(join(home.path, "script.py"), "import helper; print(helper.read('<p>one</p>'))\n");
    await Bun.write(
      join(home.path, "helper.py"),
      "import importlib\ndef read(text): return importlib.import_module('bs4').BeautifulSoup(text, 'html.parser').p.text\n",
    );
    expect(await home.run(["-q", "script.py"])).toEqual({ stdout: "one\n", stderr: "", exitCode: 0 });
    expect(mirror.files).toContain(fileOf("beautifulsoup4"));
  });

  testUnless(obstacle, "is seen by importlib.metadata and importlib.resources once it is there", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const code = `
import certifi, importlib.metadata, importlib.resources, os
print(importlib.metadata.version("certifi"), importlib.metadata.metadata("certifi")["Name"])
print(os.path.getsize(certifi.where()) > 100_000, importlib.resources.files("certifi").joinpath("cacert.pem").is_file())`;
    expect(await home.run(["-q", "-c", code])).toEqual({
      stdout: `${lock.packages.certifi.version} certifi\nTrue True\n`,
      stderr: "",
      exitCode: 0,
    });
  });

  testUnless(obstacle, "is not fetched again by a second program", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    for (let run = 0; run < 2; run++) {
      expect(await home.run(["-q", "-c", "import idna; print(idna.encode('é.example'))"])).toEqual({
        stdout: "b'xn--9ca.example'\n",
        stderr: "",
        exitCode: 0,
      });
      expect(mirror.requests.map(({ file }) => file)).toEqual([fileOf("idna")]);
    }
  });

  testUnless(
    obstacle,
    "comes the same way for -m, a script on standard input and one with --isolated flags",
    async () => {
      await using mirror = await TestMirror.start();
      await using home = await PackageHome.make({ mirror });
      const code = "import six; print(six.PY3)";
      for (const [args, stdin] of [
        [["-"], code],
        [["-I", "-c", code], ""],
      ] as const)
        expect(await home.run(["-q", ...args], { stdin })).toEqual({ stdout: "True\n", stderr: "", exitCode: 0 });
      const outcome = await home.run(["-q", "-m", "certifi"]);
      expect(outcome).toEqual({ stdout: expect.stringMatching(/cacert\.pem\n$/), stderr: "", exitCode: 0 });
    },
  );
});

async function writeTable(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  file.write("key,value,noise\n");
  for (let from = 0; from < rows; from += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      const row = from + index;
      return `${"abcde"[row % 5]},${row},${((row * 2654435761) % 2 ** 32).toString().padStart(12, "0")}.${(row * 7919).toString().padStart(18, "0")}\n`;
    });
    file.write(lines.join(""));
  }
  await new Promise((resolve) => file.end(resolve));
}
