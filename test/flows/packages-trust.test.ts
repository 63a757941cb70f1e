import { describe, expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { packArchive, unpackArchive } from "../../scripts/archive.ts";
import { TestIndex } from "../support/index-server.ts";
import { notOnLinux, notRoot, testUnless } from "../support/loud-skip.ts";
import { fileOf, mirroredFile, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { buildWheel } from "../support/wheel.ts";

const obstacle = await noMirror();

const CODE = "import six; print(six.PY3)";
const GENUINE = { stdout: "True\n", exitCode: 0 };
const NOBODY = 65534;

describe("a cache with a tampered wheel", () => {
  const caches: readonly (readonly [words: string, change: (home: PackageHome, wheel: string) => void])[] = [
    ["that another user owns", (home) => chown("-R", home.cache)],
    ["that is writable by all", (home) => chmodSync(home.cache, 0o777)],
    ["that is writable by a group", (home) => chmodSync(home.cache, 0o775)],
    ["in a directory that is writable by all", (home) => chmodSync(home.path, 0o777)],
    ["in whose tree one directory is writable by all", (_, wheel) => chmodSync(dirname(wheel), 0o777)],
    ["that is itself writable by all", (_, wheel) => chmodSync(wheel, 0o666)],
    ["that is itself another user's", (_, wheel) => chown(wheel)],
  ];
  for (const [words, change] of caches)
    testUnless(obstacle ?? notRoot, `${words} runs nothing of it`, async () => {
      await using mirror = await TestMirror.start();
      for (const sameSize of [true, false]) {
        await using home = await PackageHome.make({ mirror });
        const wheel = plant(home, await tamperedSix(sameSize));
        change(home, wheel);
        for (let run = 0; run < 2; run++) {
          const { stdout, exitCode } = await home.run(["-q", "-c", CODE]);
          expect({ sameSize, stdout, exitCode }).toEqual({ sameSize, ...GENUINE });
        }
        expect(mirror.files).toEqual([fileOf("six")]);
      }
    });

  testUnless(
    obstacle ?? notRoot,
    "that another user owns is not used offline either, and the message says so",
    async () => {
      await using home = await PackageHome.make({});
      plant(home, await tamperedSix(true));
      chown("-R", home.cache);
      const { stdout, stderr, exitCode } = await home.run(["-q", "--offline", "-c", CODE]);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr).toContain("six");
    },
  );

  testUnless(obstacle ?? notRoot, "but a genuine one of another user's is used, offline too", async () => {
    await using home = await PackageHome.make({});
    plant(home, (await mirroredFile(fileOf("six"))) ?? new Uint8Array());
    chown("-R", home.cache);
    expect(await home.run(["--offline", "-c", CODE])).toEqual({ ...GENUINE, stderr: "" });
  });

  testUnless(
    obstacle,
    "in place of which is a link, a directory or a pipe runs nothing of it and hangs on nothing",
    async () => {
      await using mirror = await TestMirror.start();
      for (const put of [
        (path: string, tampered: string) => Bun.spawnSync(["ln", "-s", tampered, path]),
        (path: string) => mkdirSync(path),
        (path: string) => Bun.spawnSync(["mkfifo", path]),
      ]) {
        await using home = await PackageHome.make({ mirror });
        const tampered = join(home.path, "tampered.whl");
        writeFileSync(tampered, await tamperedSix(true));
        const path = plant(home, new Uint8Array());
        rmSync(path);
        put(path, tampered);
        const { stdout, exitCode } = await home.run(["-q", "-c", CODE]);
        expect({ stdout, exitCode }).toEqual(GENUINE);
      }
    },
  );

  testUnless(obstacle, "that is cut short is fetched again", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const path = plant(home, ((await mirroredFile(fileOf("six"))) ?? new Uint8Array()).subarray(0, 5000));
    const { stdout, exitCode } = await home.run(["-q", "-c", CODE]);
    expect({ stdout, exitCode }).toEqual(GENUINE);
    expect(readFileSync(path).length).toBeGreaterThan(5000);
  });
});

describe("compiled modules in a cache", () => {
  testUnless(obstacle, "that others may have written are not run", async () => {
    await using mirror = await TestMirror.start();
    // The same module with a line more, compiled by woma itself.
    using index = new TestIndex().add(
      buildWheel({ name: "six", version: "99.0", files: { "six.py": "print('PLANTED'); PY3 = True\n" } }),
    );
    await using evil = await PackageHome.make({ index });
    expect((await evil.run(["-q", "--with", "six==99.0", "-c", CODE])).stdout).toBe("PLANTED\nTrue\n");
    await using home = await PackageHome.make({ mirror });
    expect(await home.run(["-q", "-c", CODE])).toEqual({ ...GENUINE, stderr: "" });
    const compiled = archivesIn(evil);
    expect(compiled).toHaveLength(1);
    for (const archive of archivesIn(home)) writeFileSync(archive, readFileSync(compiled[0] ?? ""));
    expect(archivesIn(home)).toHaveLength(1);
    chmodSync(home.cache, 0o777);
    expect(await home.run(["-q", "-c", CODE])).toEqual({ ...GENUINE, stderr: "" });
  });

  testUnless(obstacle, "that are damaged are made again", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await home.run(["-q", "-c", CODE]);
    for (const damage of [
      (path: string) => writeFileSync(path, "damaged"),
      (path: string) => writeFileSync(path, ""),
    ]) {
      for (const archive of archivesIn(home)) damage(archive);
      const { stdout, exitCode } = await home.run(["-q", "-c", CODE]);
      expect({ stdout, exitCode }).toEqual(GENUINE);
    }
  });
});

describe("a hostile wheel of an index", () => {
  const information = (name: string) => `${name}-1.0.dist-info`;
  const hostile: readonly (readonly [words: string, files: Record<string, string | Uint8Array>])[] = [
    ["that climbs out of its place", { "evil/__init__.py": "", "../../outside.py": "print('OUT')" }],
    ["with an absolute path", { "evil.py": "", "/tmp/woma-outside.py": "print('OUT')" }],
    ["with a backslash in a name", { "evil.py": "", "..\\outside.py": "print('OUT')" }],
    ["with names that differ by case alone", { "evil.py": "A = 1", "Evil.py": "A = 2" }],
    ["with a file that is a directory too", { evil: "text", "evil/inside.py": "" }],
    ["that is a bomb", { "evil.py": "", "zeros.bin": new Uint8Array(600 * 1024 ** 2) }],
  ];
  for (const [words, files] of hostile)
    testUnless(notOnLinux, `${words} is refused, and nothing of it kept`, async () => {
      const wheel = buildWheel({ name: "evil", version: "1.0", files });
      using index = new TestIndex().add(wheel);
      await using home = await PackageHome.make({ index });
      const { stdout, stderr, exitCode } = await home.run(["--with", "evil", "-c", "import evil; print('ran')"]);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      expect(stderr).toStartWith("error: ");
      expect(stderr).toContain(wheel.fileName);
      expect(existsSync("/tmp/woma-outside.py")).toBe(false);
      expect(home.wheels).toEqual([]);
    });

  testUnless(notOnLinux, "with a link, or the same name twice, is refused", async () => {
    for (const change of [withLink, withTwins]) {
      const wheel = buildWheel({
        name: "evil",
        version: "1.0",
        files: { "evil.py": "", "twin.py": "A = 1", "twix.py": "A = 2" },
      });
      const bytes = change(wheel.bytes);
      const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
      using index = new TestIndex().add({ ...wheel, bytes, sha256 });
      await using home = await PackageHome.make({ index });
      const { stdout, stderr, exitCode } = await home.run(["--with", "evil", "-c", "print('ran')"]);
      expect({ change: change.name, stdout, exitCode }).toEqual({ change: change.name, stdout: "", exitCode: 1 });
      expect(stderr).toContain(wheel.fileName);
    }
  });

  testUnless(notOnLinux, "that puts itself in the library's place does not get it", async () => {
    const files = { "evil.py": "NAME = 'evil'", "json/__init__.py": "print('PLANTED')", "os.py": "print('PLANTED')" };
    using index = new TestIndex().add(buildWheel({ name: "evil", version: "1.0", files }));
    await using home = await PackageHome.make({ index });
    const outcome = await home.run([
      "-q",
      "--with",
      "evil",
      "-c",
      "import evil, json, os; print(evil.NAME, json.dumps(1))",
    ]);
    expect(outcome).toEqual({ stdout: "evil 1\n", stderr: "", exitCode: 0 });
  });

  testUnless(notOnLinux, "whose metadata are another package's is refused", async () => {
    const wheel = buildWheel({
      name: "evil",
      version: "1.0",
      files: {
        "evil.py": "",
        [`${information("good")}/METADATA`]: "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n",
      },
    });
    using index = new TestIndex().add({ ...wheel, name: "good", fileName: "good-1.0-py3-none-any.whl" });
    await using home = await PackageHome.make({ index });
    const { exitCode, stderr } = await home.run(["--with", "good", "-c", "print('ran')"]);
    expect({ exitCode, error: stderr.startsWith("error: ") }).toEqual({ exitCode: 1, error: true });
  });
});

/** Puts it where the cache keeps the lock's six; its path. */
function plant(home: PackageHome, bytes: Uint8Array): string {
  const directory = join(home.cache, "wheels-v1", lock.packages.six.sha256);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const path = join(directory, fileOf("six"));
  writeFileSync(path, bytes, { mode: 0o644 });
  return path;
}

/** The lock's six with a line more; with the genuine one's size by a comment at its end. */
async function tamperedSix(sameSize: boolean): Promise<Uint8Array> {
  const genuine = (await mirroredFile(fileOf("six"))) ?? new Uint8Array();
  const files = unpackArchive(genuine);
  const text = new TextDecoder().decode(files.get("six.py")).replace(/^#.*$/gm, "");
  files.set("six.py", new TextEncoder().encode(`${text}\nprint("PLANTED")\n`));
  const packed = packArchive(files);
  if (!sameSize) return packed;
  const padding = genuine.length - packed.length;
  if (padding < 0) throw new Error("the tampered wheel is longer than the genuine one");
  const padded = Buffer.concat([packed, Buffer.alloc(padding)]);
  padded.writeUInt16LE(padding, packed.length - 2);
  return padded;
}

/** The first file of the archive as a symbolic link. */
function withLink(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  const entry = copy.indexOf("PK\x01\x02", "latin1");
  copy.writeUInt8(3, entry + 5);
  copy.writeUInt32LE((0o120777 << 16) >>> 0, entry + 38);
  return copy;
}

function withTwins(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("twix.py", "twin.py"), "latin1");
}

function archivesIn(home: PackageHome): string[] {
  const root = join(home.cache, "bytecode-v1");
  if (!existsSync(root)) return [];
  const names = readdirSync(root, { recursive: true }).map((name) => join(root, String(name)));
  return names.filter((name) => name.endsWith(".zip") && statSync(name).isFile());
}

function chown(...words: [...flags: string[], path: string]): void {
  const changed = Bun.spawnSync(["chown", ...words.slice(0, -1), String(NOBODY), words.at(-1) ?? ""]);
  if (!changed.success) throw new Error(changed.stderr.toString());
}
