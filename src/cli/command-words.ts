import { Command, CommanderError } from "commander";
import { UsageError } from "../errors.ts";

/** Options that may be given again and add up. */
const ACCUMULATING = new Set([
  ...["--allow-read", "--allow-write", "--mount", "--allow-env", "--allow-net", "--deny-net"],
  ...["--with", "--mirror", "--requirement"],
]);

/** A command that throws CommanderError and prints nothing itself. */
export function newCommand(name: string): Command {
  return new Command(name)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .configureHelp({ helpWidth: 100 })
    .helpOption(false)
    .allowExcessArguments(false);
}

/** The long options of which the next word is the value. */
export function longWithValue(command: Command): readonly string[] {
  return command.options.flatMap((option) => (option.required && option.long ? [option.long] : []));
}

/** Parses these words; the command has the outcome. Throws UsageError. */
export function parseWords(command: Command, words: readonly string[]): void {
  refuseRepeated(words, new Set(longWithValue(command).filter((name) => !ACCUMULATING.has(name))));
  try {
    command.parse(
      words.map((word) => (word === "-?" ? "-h" : word)),
      { from: "user" },
    );
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, command.name());
    throw error;
  }
}

/** An option with one value, given twice, is a mistake and not a choice. */
function refuseRepeated(words: readonly string[], withValue: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const word of words) {
    if (word === "--") return;
    const name = word.split("=")[0] ?? word;
    if (!withValue.has(name)) continue;
    if (seen.has(name)) throw new UsageError(`${name} is given twice`, "give it once; it takes one value");
    seen.add(name);
  }
}

function usageError(error: CommanderError, command: string): UsageError {
  const needsValue = error.code === "commander.optionMissingArgument";
  const message = error.message.replace(/^error: /, "").replace(/\.$/, "");
  const [summary, ...suggestion] = message.split("\n");
  const hint = suggestion
    .join(" ")
    .replace(/^\((.*)\)$/, "$1")
    .toLowerCase();
  const option = needsValue ? / '([^<[]+) [<[]/.exec(message)?.[1] : undefined;
  return new UsageError(
    option === undefined ? (summary ?? message) : `${option} needs a value`,
    hint === "" ? `try \`${command} --help\`` : hint,
  );
}
