import { UsageError } from "../errors.ts";
import type { Program } from "../protocol/messages.ts";

/** A command line cut where the program begins: what is woma's, what to run, and what is the program's own. */
export interface SplitCommandLine {
  /** woma's options, each by itself: clusters such as `-uB` are taken apart. */
  readonly options: readonly string[];
  /** FILE is given as written. Null when there is none of FILE, -c, -m and -. */
  readonly program: Program | null;
  /** sys.argv. */
  readonly argv: readonly string[];
}

/** python3's one-letter options that take a value. */
const LETTERS_WITH_VALUE = "WX";

/** Cuts as python3 does: everything after FILE, `-c` CODE, `-m` MODULE or `-` belongs to the program. */
export function splitCommandLine(argv: readonly string[], longWithValue: ReadonlySet<string>): SplitCommandLine {
  const options: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    const rest = argv.slice(index + 1);
    if (argument === "-") return { options, program: { kind: "stdin" }, argv: ["-", ...rest] };
    if (argument === "--") return fileProgram(options, rest);
    if (argument.startsWith("--")) {
      options.push(argument);
      if (longWithValue.has(argument)) {
        const value = argv[++index];
        if (value === undefined) throw new UsageError(`${argument} needs a value`);
        options.push(value);
      }
    } else if (argument.startsWith("-")) {
      const found = splitCluster(argument.slice(1), rest);
      options.push(...found.options);
      if (found.program !== null) return { ...found, options, program: found.program };
      index += found.taken;
    } else return fileProgram(options, argv.slice(index));
  }
  return { options, program: null, argv: [""] };
}

function fileProgram(options: readonly string[], words: readonly string[]): SplitCommandLine {
  const path = words[0];
  if (path === undefined) return { options, program: null, argv: [""] };
  if (path === "-") return { options, program: { kind: "stdin" }, argv: words };
  return { options, program: { kind: "script", path }, argv: words };
}

interface SplitCluster extends SplitCommandLine {
  /** How many of the following words were an option's value. */
  readonly taken: number;
}

/** `-uc CODE`, `-Werror`, `-OO`: letters up to one that takes the rest, or the next word, as its value. */
function splitCluster(letters: string, following: readonly string[]): SplitCluster {
  const options: string[] = [];
  for (const [index, letter] of [...letters].entries()) {
    const attached = [...letters].slice(index + 1).join("");
    const value = () => {
      const found = attached === "" ? following[0] : attached;
      if (found === undefined) throw new UsageError(`-${letter} needs a value`);
      return found;
    };
    const after = attached === "" ? following.slice(1) : following;
    if (letter === "c")
      return { options, program: { kind: "command", code: value() }, argv: ["-c", ...after], taken: 0 };
    if (letter === "m")
      return { options, program: { kind: "module", name: value() }, argv: ["-m", ...after], taken: 0 };
    // Commander takes `-3` for a negative number, and so for an argument.
    if (/\d/.test(letter)) throw new UsageError(`unknown option '-${letter}'`);
    options.push(`-${letter}`);
    if (LETTERS_WITH_VALUE.includes(letter)) {
      options.push(value());
      return { options, program: null, argv: [""], taken: attached === "" ? 1 : 0 };
    }
  }
  return { options, program: null, argv: [""], taken: 0 };
}
