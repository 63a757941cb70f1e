import { SIGPIPE } from "../broker/signals.ts";
import { formatError, WomaError } from "../errors.ts";
import { endProcess } from "./ending.ts";

/** CPython's status for standard output that cannot be written. */
const OUTPUT_FAILED = 120;

/** What woma prints itself meets a reader that has gone, or a full disk, as a program's output does. */
export function watchOwnOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return endProcess({ how: "signalled", signal: SIGPIPE });
    const failure = new WomaError(`standard output cannot be written (${error.code ?? error.message})`, {
      hint: "make room where it goes to, or send it elsewhere",
    });
    process.stderr.write(formatError(failure));
    process.exit(OUTPUT_FAILED);
  });
  // Whoever does not read what is said is not told.
  process.stderr.on("error", () => {});
}
