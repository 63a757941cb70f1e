import type { CellCommand } from "../broker/cell-process.ts";
import { readPackageSettings, readTerminalStyle, readVariables } from "../config.ts";
import { WomaError } from "../errors.ts";
import { compiled, leadingWords } from "../protocol/compiled.ts";
import { openLibc } from "../protocol/libc.ts";
import type { Cache } from "../pyodide-manager/cache/cache.ts";
import { prepareCheckout } from "../pyodide-manager/checkout.ts";
import type { Plan } from "../pyodide-manager/resolve/resolve.ts";
import { findWomaLock } from "../pyodide-manager/resolve/woma-lock.ts";
import { writeWomaLock } from "../pyodide-manager/resolve/write-woma-lock.ts";
import { countOf } from "./amounts.ts";
import type { InstallInvocation } from "./install-options.ts";
import { untilInterrupted } from "./interruption.ts";
import { planTable } from "./plan-table.ts";
import { cacheOrNone, programPackages } from "./program-packages.ts";
import { openProgressDisplay } from "./progress-display.ts";
import { requestedPackages } from "./requested-packages.ts";

/** `woma install`: the plan on standard output, then the packages in the cache. Throws WomaError. */
export async function install(invocation: InstallInvocation): Promise<void> {
  const { lockMode, dryRun } = invocation;
  const packages = readPackageSettings(invocation);
  const progress = openProgressDisplay(readTerminalStyle(), invocation.quiet);
  const womaLock = lockMode === "write" ? null : findWomaLock([process.cwd()]);
  const wanted = requestedPackages(invocation, womaLock, readVariables());
  const { provider } = programPackages(
    { packages, cacheDirectory: packages.cacheDirectory, lockMode, womaLock },
    { libc: openLibc(), command: resolverCommand(packages.cacheDirectory), progress },
  );
  if (!dryRun) refuseUnwritable(provider.parts.cache, packages.cacheDirectory);
  const show = (plan: Plan) => {
    process.stdout.write(planTable(plan, bytesIn(provider.parts.cache)));
    for (const note of plan.notes) progress.note(note);
  };
  try {
    await untilInterrupted(async (signal) => {
      if (dryRun) return show(await provider.planOnly(wanted, signal));
      const plan = await provider.install(wanted, show, signal);
      progress.clear();
      if (plan.packages.length > 0) progress.note(`the cache has ${countOf(plan.packages.length, "package")}`);
      if (lockMode !== "write") return;
      const path = await writeWomaLock(process.cwd(), plan, wanted.requirements);
      progress.note(`wrote ${path}`);
    });
  } finally {
    progress.clear();
  }
}

/** What is installed nowhere is not installed. */
function refuseUnwritable(cache: Cache | null, directory: string): void {
  if (cache?.writable) return;
  throw new WomaError(`nothing can be installed into ${directory}: it cannot be written`, {
    hint: "name another directory with --pyodide-cache or WOMA_CACHE",
  });
}

/** By sha256. */
function bytesIn(cache: Cache | null): ReadonlyMap<string, number> {
  return new Map(cache?.list().map(({ sha256, bytes }) => [sha256, bytes]) ?? []);
}

/** Requirements that are more than names are solved in a cell. */
function resolverCommand(cacheDirectory: string): CellCommand {
  return {
    executable: process.execPath,
    leading: leadingWords,
    snapshotPath: compiled ? undefined : prepareCheckout(cacheOrNone(cacheDirectory)),
    confinement: "confined",
    urgency: "urgent",
  };
}
