import { resolveInCells } from "../../src/broker/resolver-cell.ts";
import { openLibc } from "../../src/protocol/libc.ts";
import { type Patience, USUAL_PATIENCE } from "../../src/pyodide-manager/download/patience.ts";
import { loadLock } from "../../src/pyodide-manager/lock.ts";
import { type Requirement, requirement } from "../../src/pyodide-manager/resolve/requirement.ts";
import { type Plan, type ResolveContext, resolve } from "../../src/pyodide-manager/resolve/resolve.ts";
import { builtBinary } from "./binary.ts";

const lock = loadLock();

/** No test waits as long as a user does. */
export const LITTLE_PATIENCE: Patience = {
  ...USUAL_PATIENCE,
  connectMs: 600,
  stallMs: 800,
  firstPauseMs: 5,
  longestPauseMs: 50,
};

export interface Circumstances extends Partial<Omit<ResolveContext, "settings">> {
  /** Variables that pip or uv would read; no file of this machine's is read. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly offline?: boolean;
  readonly mirrors?: readonly string[];
  /** Is added to. */
  readonly notes?: string[];
}

/** Resolves in a real, confined cell of the built woma. */
export async function resolveFor(wanted: readonly (string | Requirement)[], given: Circumstances = {}): Promise<Plan> {
  const { environment = {}, offline = false, mirrors = [], notes = [], ...context } = given;
  return resolve(
    wanted.map((each) => (typeof each === "string" ? requirement(each, "--with") : each)),
    {
      lock,
      cache: null,
      present: new Map(),
      excludedLock: new Set(),
      settings: {
        cacheDirectory: "/nowhere",
        cacheRequested: false,
        mirrors,
        offline,
        autoInstall: "lock",
        installTimeoutMs: 60_000,
        maximumDownloadBytes: 2 ** 30,
        maximumPackages: 500,
        cacheLimitBytes: null,
        indexEnvironment: { HOME: "/nowhere", PIP_CONFIG_FILE: "/dev/null", UV_NO_CONFIG: "1", ...environment },
      },
      resolveInCell: await confinedResolver(),
      progress: { note: (text) => notes.push(text), received() {}, fetched() {} },
      signal: AbortSignal.timeout(60_000),
      patience: LITTLE_PATIENCE,
      ...context,
    },
  );
}

async function confinedResolver(): Promise<ResolveContext["resolveInCell"]> {
  const executable = await builtBinary();
  return resolveInCells(
    { executable, leading: [], snapshotPath: undefined, confinement: "confined", urgency: "urgent" },
    openLibc(),
  );
}

/** `app 1.0 (index, for --with)`, a line each. */
export function summary({ packages }: Plan): string[] {
  return packages.map(
    ({ file, why, requiredBy }) => `${file.name} ${file.version} (${why}, for ${requiredBy.join(", ")})`,
  );
}

/** An error's message, and its hint behind an arrow. */
export async function failureOf(resolving: Promise<unknown>): Promise<string> {
  try {
    await resolving;
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    return `${message}\n→ ${hint}`;
  }
  throw new Error("it was resolved");
}
