import { readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatError, WomaError } from "../src/errors.ts";
import { appendAssets } from "./append-assets.ts";
import { buildDirectory, sha256 } from "./build-cache.ts";
import { bunExecutable, bunVersion } from "./bun-executable.ts";
import { type CorePolicy, distributionDirectory, makeDistribution } from "./distribution.ts";
import { binaryName, hostTarget, parseTarget, type Target } from "./targets.ts";

const ROOT = join(import.meta.dir, "..");
const SNAPSHOT = join(distributionDirectory, "snapshot");

/** Builds woma's executable for one target; its path. */
async function build(target: Target, core: CorePolicy): Promise<string> {
  if (Bun.version !== bunVersion) {
    throw new WomaError(`this is Bun ${Bun.version}, and woma is built with ${bunVersion}`, {
      hint: "run `npm run build`, which finds the right one",
    });
  }
  const buildId = await makeDistribution(core);
  await makeSnapshot();
  const outputs = join(buildDirectory, "output", target);
  await rm(outputs, { recursive: true, force: true });
  await mkdir(outputs, { recursive: true });
  // The executable's name is inside it: the same name for every target gives the same bytes wherever it is built.
  const outfile = join(outputs, "woma");
  const result = await Bun.build({
    entrypoints: [join(ROOT, "src/index.ts")],
    root: ROOT,
    minify: true,
    bytecode: true,
    format: "esm",
    sourcemap: "none",
    // Pyodide's loader mentions these, and Bun would write this checkout's path in their place.
    define: { __dirname: '"/"', __filename: '"/woma"', WOMA_COMPILED: "true" },
    plugins: [embeddedAssets(buildId, target)],
    compile: {
      target: `bun-${target}`,
      executablePath: await bunExecutable(target),
      outfile,
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  });
  if (!result.success) throw new WomaError(`the build failed:\n${result.logs.join("\n")}`);
  const binary = join(ROOT, binaryName(target, hostTarget()));
  const [made] = readdirSync(outputs);
  if (made === undefined) throw new WomaError("the build made no executable");
  if (isAppended(target)) await appendAssets(join(outputs, made), ASSETS);
  await chmod(join(outputs, made), 0o755);
  await rename(join(outputs, made), binary);
  return binary;
}

/** A process of its own, since making a snapshot stops its clock. */
async function makeSnapshot(): Promise<void> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "snapshot.ts"), SNAPSHOT], {
    stdout: "ignore",
    stderr: "pipe",
  });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new WomaError(`the snapshot could not be made:\n${errors.trim()}`);
}

/** The distribution's files, by the names that a cell asks for. */
const ASSETS = {
  wasm: join(distributionDirectory, "pyodide.asm.wasm"),
  standardLibrary: join(distributionDirectory, "python314.zip"),
  corePackages: join(distributionDirectory, "woma-core.zip"),
  lock: join(distributionDirectory, "pyodide-lock.json"),
  snapshot: SNAPSHOT,
} as const;

/** On Linux a cell maps them from behind the executable; elsewhere that would break its signature. */
const isAppended = (target: Target) => target.startsWith("linux-");

/** The module that takes the place of src/cell/assets.ts, which reads a checkout's files. */
function embeddedAssets(buildId: string, target: Target): Bun.BunPlugin {
  const names = Object.keys(ASSETS);
  const appended = `
    import { openAppendedAssets } from "./appended-assets.ts";
    const open = () => openAppendedAssets("/proc/self/exe");`;
  const embedded = `
    import { readFileSync } from "node:fs";
    ${Object.entries(ASSETS)
      .map(([name, path]) => `import ${name} from ${JSON.stringify(path)} with { type: "file" };`)
      .join("\n")}
    const paths = { ${names.join(", ")} };
    const open = () => (name) => {
      const { buffer, byteOffset, byteLength } = readFileSync(paths[name]);
      return new Uint8Array(buffer, byteOffset, byteLength);
    };`;
  const contents = `
    import createPyodideModule from ${JSON.stringify(join(distributionDirectory, "pyodide.asm.mjs"))};
    ${isAppended(target) ? appended : embedded}
    export async function loadAssets() {
      const read = open();
      return {
        buildId: ${JSON.stringify(buildId)},
        createPyodideModule,
        snapshotIsCached: false,
        ${names.map((name) => `${name}: read("${name}")`).join(",\n")},
      };
    }`;
  return {
    name: "embedded assets",
    setup(builder) {
      builder.onLoad({ filter: /src[/\\]cell[/\\]assets\.ts$/ }, () => ({ loader: "ts", contents }));
    },
  };
}

/** Whether a source is newer than the executable. */
function isStale(binary: string): boolean {
  const made = statSync(binary, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const patterns = ["src/**/*", "scripts/**/*", "package.json"];
  const sources = patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(ROOT)]);
  return sources.some((source) => statSync(join(ROOT, source)).mtimeMs > made);
}

/** `--if-changed` and `--core-optional` are for the tests, which build what they test. */
function buildOptions(words: readonly string[]) {
  const known = {
    target: { type: "string" },
    "if-changed": { type: "boolean" },
    "core-optional": { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args: [...words], options: known }).values;
  } catch (cause) {
    throw new WomaError((cause as Error).message.replace(/\.?$/, ""), {
      hint: "usage: npm run build [-- --target TARGET]",
      exitStatus: 2,
      cause,
    });
  }
}

async function main(words: readonly string[]): Promise<void> {
  const options = buildOptions(words);
  const target = options.target === undefined ? hostTarget() : parseTarget(options.target);
  if (options["if-changed"] && !isStale(join(ROOT, binaryName(target, hostTarget())))) return;
  const binary = await build(target, options["core-optional"] ? "optional" : "required");
  const bytes = readFileSync(binary);
  console.log(`${binary}\n${(bytes.length / 1e6).toFixed(1)} MB, sha256 ${sha256(bytes)}`);
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof WomaError)) throw error;
    process.stderr.write(formatError(error));
    process.exit(error.exitStatus);
  }
}
