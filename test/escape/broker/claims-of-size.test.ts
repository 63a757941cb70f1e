/** The attacker claims sizes that are not so, to read beyond what is its own. */
import { forgery } from "../support/forgery.ts";

forgery("have more written than it shares", {
  run: ({ ask }) => ask({ op: "write", handle: 2, nonBlocking: true, windowLength: 2 ** 40 }).errno,
  refused: "EINVAL",
  honest: ({ ask }) => ask({ op: "write", handle: 3, nonBlocking: true, windowLength: 0 })["written"],
  answered: "0",
});

forgery("read more at once than it shares", {
  run: ({ ask }) => String(ask({ op: "read", handle: 1, length: 2 ** 52, nonBlocking: false })["text"] ?? "").length,
  // Standard input is empty.
  refused: "0",
  honest: ({ ask }) => ask({ op: "write", handle: 3, nonBlocking: true, windowLength: 0 })["written"],
  answered: "0",
});
