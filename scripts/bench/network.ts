import { join } from "node:path";
import lock from "pyodide/pyodide-lock.json" with { type: "json" };
import { makeCertificates } from "../../test/support/network/certificates.ts";
import { PostgresqlServer } from "../../test/support/network/postgresql.ts";
import { indexSettings } from "../../test/support/real-index.ts";
import { makeMirror, mirrorDirectory } from "../mirror.ts";
import { alternate } from "./alternate.ts";
import { type Line, rivalOf } from "./line.ts";
import { nativePython } from "./native-packages.ts";
import useNetwork from "./network.py" with { type: "text" };
import type { Programs } from "./programs.ts";
import { spreadOf } from "./spread.ts";
import { timedRun } from "./timed-run.ts";

const ROUNDS = 7;
const ADDRESS = "127.0.0.1";
const PG8000 = "pg8000==1.31.5";

/** What network.py prints, in ms, with how much slower than native CPython it may be. */
const FIGURES = {
  keepAlive: { name: "network: keep-alive GET, http.client", atMost: 6 },
  session: { name: "network: GET, requests.Session", atMost: 5 },
  download: { name: "network: 100 MB downloaded", atMost: 3 },
  atOnce: { name: "network: 50 GETs at once, aiohttp", atMost: 5 },
  query: { name: "network: a query, pg8000", atMost: 3 },
} as const;

type Figures = Readonly<Record<keyof typeof FIGURES, number>>;

/** Client libraries against servers on this machine, and the same code by a native Python. */
export async function measureNetwork(programs: Programs): Promise<readonly Line[]> {
  await makeMirror(mirrorDirectory, (line) => console.error(line));
  const python = nativePython(programs, [
    `requests==${lock.packages.requests.version}`,
    `aiohttp==${lock.packages.aiohttp.version}`,
    PG8000,
  ]);
  await using server = await startServer(programs);
  await using database = await PostgresqlServer.start(await makeCertificates());
  const given: Programs = {
    ...programs,
    environment: {
      ...programs.environment,
      ...indexSettings(),
      WOMA_CACHE: join(programs.directory, "network-cache"),
      WOMA_MIRROR: mirrorDirectory,
    },
  };
  const packages = ["-q", "--with", `requests,aiohttp,${PG8000}`, `--allow-net=${ADDRESS}`];
  const ports = [String(server.port), String(database.port)];
  const run = (...command: string[]) => JSON.parse(timedRun(given, [...command, ...ports]).stdout) as Figures;
  const ours = () => run(programs.woma, ...packages, "-c", useNetwork);
  // Once to fetch the packages, once to have them compiled.
  for (let time = 0; time < 2; time++) ours();
  const taken = await alternate(ROUNDS, { woma: ours, native: () => run(python, "-c", useNetwork) });
  const version = programs.python === "none" ? "" : programs.python.version;
  return Object.entries(FIGURES).map(([key, { name, atMost }]) => {
    const of = (runs: readonly Figures[]) => runs.map((figures) => figures[key as keyof Figures]);
    return {
      name,
      unit: "ms",
      woma: spreadOf(of(taken.woma)),
      against: rivalOf(`CPython ${version}`, of(taken.woma), of(taken.native)),
      budget: { of: "ratio", atMost },
    };
  });
}

async function startServer(programs: Programs): Promise<AsyncDisposable & { readonly port: number }> {
  const child = Bun.spawn([programs.bun, join(import.meta.dir, "http-server.ts")], { stdin: "ignore", stdout: "pipe" });
  for await (const chunk of child.stdout) {
    const port = Number(new TextDecoder().decode(chunk));
    return {
      port,
      async [Symbol.asyncDispose]() {
        child.kill();
        await child.exited;
      },
    };
  }
  throw new Error("the web server did not start");
}
