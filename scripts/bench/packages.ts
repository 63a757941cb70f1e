import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeMirror, mirrorDirectory } from "../mirror.ts";
import { alternate } from "./alternate.ts";
import { type Line, rivalOf } from "./line.ts";
import { proportionalSizes } from "./process-tree.ts";
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const ROUNDS = 9;
const IMPORT = "import numpy";
/** With their 50 MB or so, 20 files: what a data person's first hour comes to. */
const FETCHED = ["matplotlib", "pandas", "scikit-learn", "sympy", "requests", "beautifulsoup4"] as const;
const PROCESSES = 10;
/** Much, of which nothing is read. */
const UNREAD = "scikit-learn,matplotlib,pandas,sympy";

/** Packages of the distribution from a mirror on this machine, with a cache that has them, or has nothing. */
export async function measurePackages(programs: Programs): Promise<readonly Line[]> {
  await makeMirror(mirrorDirectory, (line) => console.error(line));
  const cache = join(programs.directory, "cache");
  const given: Programs = {
    ...programs,
    environment: { ...programs.environment, WOMA_CACHE: cache, WOMA_MIRROR: mirrorDirectory },
  };
  // Once to fetch it, once to have it compiled.
  for (let run = 0; run < 2; run++) timedRun(given, [programs.woma, "-q", "-c", IMPORT]);
  return [
    ...(await importLines(given)),
    ...(await sharedLines(given)),
    ...(await memoryLines(given)),
    ...(await fetchLines(given)),
  ];
}

async function importLines(programs: Programs): Promise<readonly Line[]> {
  const run = (code: string) => () => {
    const started = performance.timeOrigin + performance.now();
    const { stdout } = timedRun(programs, [programs.woma, "-c", `${code}; import time; print(time.time() * 1000)`]);
    return Number(stdout) - started;
  };
  const { numpy, nothing } = await alternate(ROUNDS, { numpy: run(IMPORT), nothing: run("pass") });
  return [
    {
      name: "import numpy, from a cache that has it, done",
      unit: "ms",
      woma: spreadOf(numpy),
      against: rivalOf("woma without it", numpy, nothing),
      budget: { of: "median", atMost: 400 },
    },
  ];
}

/** Ten at a time take as long as ten one after another, where there is one processor; less, where there are more. */
async function sharedLines(programs: Programs): Promise<readonly Line[]> {
  const command = [programs.woma, "-c", IMPORT];
  const { together, inTurn } = await alternate(3, {
    together: async () => {
      const started = performance.now();
      const runs = Array.from({ length: PROCESSES }, () =>
        Bun.spawn(command, { cwd: programs.directory, env: programs.environment, stdin: null, stdout: "ignore" }),
      );
      for (const run of runs) if ((await run.exited) !== 0) throw new Error("one of ten failed");
      return performance.now() - started;
    },
    inTurn: () => {
      const started = performance.now();
      for (let run = 0; run < PROCESSES; run++) timedRun(programs, command);
      return performance.now() - started;
    },
  });
  return [
    {
      name: "import numpy, ten processes on one cache",
      unit: "ms",
      woma: spreadOf(together),
      against: rivalOf("the same in turn", together, inTurn),
      budget: { of: "ratio", atMost: 1 },
    },
  ];
}

async function memoryLines(programs: Programs): Promise<readonly Line[]> {
  timedRun(programs, [programs.woma, "-q", "--with", UNREAD, "-c", "pass"]);
  const { mounted, bare } = await alternate(5, {
    mounted: () => staySize(programs, ["--with", UNREAD]),
    bare: () => staySize(programs, []),
  });
  return [
    {
      name: "packages that nobody reads",
      unit: "MB",
      woma: spreadOf(mounted),
      against: rivalOf("woma without them", mounted, bare),
      budget: { of: "difference", atMost: 20 },
    },
  ];
}

/** Of broker and cell together, when the program has been there for a while. */
async function staySize(programs: Programs, options: readonly string[]): Promise<number> {
  const child = Bun.spawn([programs.woma, ...options, "-c", "print(1, flush=True); import time; time.sleep(10)"], {
    cwd: programs.directory,
    env: programs.environment,
    stdin: null,
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    await child.stdout.getReader().read();
    await Bun.sleep(300);
    return [...proportionalSizes(child.pid).values()].reduce((sum, size) => sum + size, 0);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}

/** The same files as curl fetches at a time, from the same server. */
async function fetchLines(programs: Programs): Promise<readonly Line[]> {
  const curl = Bun.which("curl");
  if (curl === null) return [];
  const source = join(programs.directory, "served");
  mkdirSync(source);
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => new Response(Bun.file(join(source, decodeURIComponent(new URL(request.url).pathname)))),
  });
  const environment = { ...programs.environment, WOMA_MIRROR: String(server.url) };
  const files = serveWhatIsFetched(programs, source);
  const bytes = files.reduce((sum, file) => sum + Bun.file(join(source, file)).size, 0);
  const target = join(programs.directory, "fetched");
  const megabytesPerSecond = async (command: readonly string[]) => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target);
    const started = performance.now();
    const child = Bun.spawn([...command], {
      cwd: target,
      env: { ...environment, WOMA_CACHE: target },
      stdin: null,
      stdout: "ignore",
      stderr: "pipe",
    });
    if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
    return bytes / 1e6 / ((performance.now() - started) / 1000);
  };
  const urls = files.flatMap((file) => ["-O", `${server.url}${file}`]);
  const { woma, other } = await alternate(5, {
    woma: () => megabytesPerSecond([programs.woma, "cache", "fetch", ...FETCHED]),
    other: () => megabytesPerSecond([curl, "--parallel", "--silent", "--fail", ...urls]),
  });
  return [
    {
      name: `cache fetch of ${files.length} files`,
      unit: "MB/s",
      woma: spreadOf(woma),
      against: rivalOf("curl --parallel", woma, other),
      budget: { of: "ratio", atLeast: 0.6 },
    },
  ];
}

/** Copies the files to a directory; their names. */
function serveWhatIsFetched(programs: Programs, directory: string): readonly string[] {
  timedRun(programs, [programs.woma, "cache", "fetch", "-q", ...FETCHED]);
  const cached = new Set(
    readdirSync(join(programs.directory, "cache/wheels-v1")).flatMap((hash) =>
      readdirSync(join(programs.directory, "cache/wheels-v1", hash)),
    ),
  );
  const files = readdirSync(mirrorDirectory).filter((file) => cached.has(file));
  for (const file of files) cpSync(join(mirrorDirectory, file), join(directory, file));
  return files;
}
