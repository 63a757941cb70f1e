import type { CellCommand } from "../broker/cell-process.ts";
import { readPackageSettings, readTerminalStyle } from "../config.ts";
import { compiled, leadingWords } from "../protocol/compiled.ts";
import { openLibc } from "../protocol/libc.ts";
import { prepareCheckout } from "../pyodide-manager/checkout.ts";
import { requirement } from "../pyodide-manager/requirement.ts";
import type { Plan } from "../pyodide-manager/resolve.ts";
import { countOf } from "./amounts.ts";
import type { InstallInvocation } from "./install-options.ts";
import { untilInterrupted } from "./interruption.ts";
import { planTable } from "./plan-table.ts";
import { cacheOrNone, programPackages } from "./program-packages.ts";
import { openProgressDisplay } from "./progress-display.ts";

/** `woma install`: the plan on standard output, then the packages in the cache. Throws WomaError. */
export async function install(invocation: InstallInvocation): Promise<void> {
  const packages = readPackageSettings(invocation);
  const progress = openProgressDisplay(readTerminalStyle(), invocation.quiet);
  const { provider } = programPackages(
    { packages, cacheDirectory: packages.cacheDirectory, lockMode: invocation.lockMode },
    { libc: openLibc(), command: resolverCommand(packages.cacheDirectory), progress },
  );
  const cached = () => new Map(provider.parts.cache?.list().map(({ sha256, bytes }) => [sha256, bytes]) ?? []);
  const requirements = invocation.requirements.map((text) => requirement(text, "the command line"));
  const show = (plan: Plan) => {
    process.stdout.write(planTable(plan, cached()));
    for (const note of plan.notes) progress.note(note);
  };
  try {
    await untilInterrupted(async (signal) => {
      if (invocation.dryRun) return show(await provider.planOnly(requirements, signal));
      const plan = await provider.install(requirements, show, signal);
      progress.clear();
      if (plan.packages.length > 0) progress.note(`the cache has ${countOf(plan.packages.length, "package")}`);
    });
  } finally {
    progress.clear();
  }
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
