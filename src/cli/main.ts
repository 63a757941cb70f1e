import { readConfig } from "../config.ts";
import { formatError, WomaError } from "../errors.ts";
import { refuseMangledArguments } from "./arguments.ts";
import { parseCommandLine } from "./flags.ts";
import { runCommand } from "./run.ts";
import { versionText } from "./version.ts";

/** woma's command line, from its arguments to the process's end. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    refuseMangledArguments(argv);
    const commandLine = parseCommandLine(argv);
    switch (commandLine.kind) {
      case "help":
        process.stdout.write(commandLine.text);
        return;
      case "version":
        process.stdout.write(versionText(commandLine.long));
        return;
      case "run":
        await runCommand(readConfig(commandLine.invocation));
    }
  } catch (error) {
    if (!(error instanceof WomaError)) throw error;
    process.stderr.write(formatError(error));
    process.exitCode = error.exitStatus;
  }
}
