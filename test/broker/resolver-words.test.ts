import { describe, expect, setDefaultTimeout } from "bun:test";
import { loadLock } from "../../src/pyodide-manager/lock.ts";
import { noCorePackages } from "../support/core.ts";
import { TestIndex } from "../support/index-server.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { failureOf, resolveFor } from "../support/resolving.ts";
import { buildWheel } from "../support/wheel.ts";

setDefaultTimeout(60_000);

const lock = loadLock();
const obstacle = notOnLinux ?? (await noCorePackages());
const resolverTest = (name: string, body: () => Promise<void>) => testUnless(obstacle, name, body);
const asked = (index: { url: string }) => ({ environment: { PIP_INDEX_URL: index.url } });
const hashed = (text: string, ...hashes: string[]) => ({ text, source: "requirements.txt, line 1", hashes });
const OTHER = "a".repeat(64);

describe("a hash that is demanded", () => {
  resolverTest("and that no file has is told, with those that there are", async () => {
    const [one, two] = ["1.0", "2.0"].map((version) => buildWheel({ name: "thing", version }));
    using index = new TestIndex();
    for (const wheel of [one, two]) if (wheel !== undefined) index.add(wheel);
    const hint = "→ the hash is of a file for another platform, or one of them was changed: find out which is right";
    expect(await failureOf(resolveFor([hashed("thing==1.0", OTHER)], asked(index)))).toBe(
      `no file of thing has a hash that is demanded:
  requirements.txt, line 1 needs thing==1.0 with
    sha256 ${OTHER}
  there are
    thing-1.0-py3-none-any.whl: ${one?.sha256}
${hint}`,
    );
    const own = lock.packages.get("markupsafe");
    expect(await failureOf(resolveFor([hashed(`markupsafe==${own?.version}`, OTHER)], asked(index)))).toBe(
      `no file of markupsafe has a hash that is demanded:
  requirements.txt, line 1 needs markupsafe==${own?.version} with
    sha256 ${OTHER}
  there are
    ${own?.fileName}: ${own?.sha256}
${hint}`,
    );
    // Where the version is what is wrong, that is what is said.
    expect(await failureOf(resolveFor([hashed("thing==3.0", OTHER)], asked(index)))).toStartWith(
      "no version of thing fits:",
    );
  });

  resolverTest("decides between files of a version, and between indexes", async () => {
    const native = buildWheel({ name: "thing", version: "1.0", tag: "cp314-cp314-pyemscripten_2026_0_wasm32" });
    const plain = buildWheel({ name: "thing", version: "1.0" });
    const later = buildWheel({ name: "thing", version: "1.0", tag: "py314-none-any" });
    using first = new TestIndex().add(native).add(plain);
    using second = new TestIndex().add(later);
    const environment = { PIP_EXTRA_INDEX_URL: first.url, PIP_INDEX_URL: second.url };
    for (const { sha256 } of [native, plain, later]) {
      const plan = await resolveFor([hashed("thing==1.0", sha256)], { environment });
      expect(plan.packages.map(({ file }) => file.sha256)).toEqual([sha256]);
    }
    // Of one name, the first index's.
    const other = buildWheel({ name: "thing", version: "1.0", metadata: ["Summary: another"] });
    second.add(other);
    const said = await failureOf(resolveFor([hashed("thing==1.0", other.sha256)], { environment }));
    expect(said).toStartWith("no file of thing has a hash that is demanded:");
  });
});

resolverTest("a version that was yanked, and is taken since it was asked for, is told with the reason", async () => {
  using index = new TestIndex()
    .add(buildWheel({ name: "thing", version: "1.0" }), { yanked: "Yanked due to \u001b[31mconflicts\u202e\n with x" })
    .add(buildWheel({ name: "other", version: "1.0" }), { yanked: "" });
  const notes: string[] = [];
  const plan = await resolveFor(["thing==1.0", "other==1.0"], { ...asked(index), notes });
  const told = [
    "other 1.0 was yanked: its project gives no reason",
    "thing 1.0 was yanked: Yanked due to [31mconflicts with x",
  ];
  expect(notes.toSorted()).toEqual(told);
  expect(plan.notes.toSorted()).toEqual(told);
});

resolverTest("a module's name in a package's place is told with the package", async () => {
  using index = new TestIndex().add(
    buildWheel({ name: "sklearn", version: "0.0", tag: "cp314-cp314-manylinux_2_17_x86_64" }),
  );
  const owners = { sklearn: "scikit-learn", PIL: "pillow", yaml: "pyyaml", cv2: "opencv-python" };
  for (const [module, owner] of Object.entries(owners)) {
    expect((await failureOf(resolveFor([module], asked(index)))).split("\n").at(-1)).toBe(
      `→ the module '${module}' is in the package ${owner}: ask for that`,
    );
  }
});

resolverTest("a package of the lock under --offline, with an empty cache, is told as what it is", async () => {
  using index = new TestIndex();
  const { version } = lock.packages.get("markupsafe") ?? {};
  const context = { ...asked(index), offline: true, excludedLock: new Set(["markupsafe"]) };
  expect(
    await failureOf(resolveFor(["markupsafe"], context)),
  ).toBe(`markupsafe ${version} is in woma's distribution, and could not be fetched:
  the cache: not there
and no index has a file of it that fits:
  --with needs markupsafe
  ${index.url} no page of it is in the cache
→ leave out --offline, or fetch it beforehand with a network: woma cache fetch markupsafe`);
  expect(index.requests).toEqual([]);
});
