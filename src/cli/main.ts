import { readConfig } from "../config.ts";
import { formatError, WomaError } from "../errors.ts";
import { refuseMangledArguments } from "./arguments.ts";
import { doctor } from "./doctor.ts";
import { parseCommandLine } from "./flags.ts";
import { watchOwnOutput } from "./own-output.ts";
import { runCommand } from "./run.ts";
import { versionText } from "./version.ts";

/** woma's command line, from its arguments to the process's end. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    refuseMangledArguments(argv);
    const commandLine = parseCommandLine(argv);
    if (commandLine.kind !== "run") watchOwnOutput();
    switch (commandLine.kind) {
      case "help":
        process.stdout.write(commandLine.text);
        return;
      case "version":
        process.stdout.write(versionText(commandLine.long));
        return;
      case "doctor":
        process.exitCode = (await doctor()) ? 0 : WALL_INCOMPLETE;
        return;
      case "install":
        await (await import("./install.ts")).install(commandLine.invocation);
        return;
      case "cache":
        await (await import("./cache-commands.ts")).manageCache(commandLine.invocation);
        return;
      case "run":
        await runCommand(readConfig(commandLine.invocation));
    }
  } catch (error) {
    const told = error instanceof WomaError ? error : internalError(error);
    process.stderr.write(formatError(told));
    process.exitCode = told.exitStatus;
  }
}

/** What nobody foresaw: a limit of the system's, or a defect. */
function internalError(error: unknown): WomaError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new WomaError(`woma itself failed: ${message ?? String(error)}`, {
    hint:
      code === undefined
        ? "this is a defect in woma"
        : `the system refused something (${code}): look at this shell's limits with \`ulimit -a\``,
    exitStatus: INTERNAL_ERROR,
    cause: error,
  });
}

const WALL_INCOMPLETE = 1;

/** sysexits.h's EX_SOFTWARE. */
const INTERNAL_ERROR = 70;
