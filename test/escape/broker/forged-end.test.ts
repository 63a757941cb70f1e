/** The attacker ends its run in a way that does harm to the one who waits for it. */
import { forgery, HONEST } from "../support/forgery.ts";

forgery("exit with a status that no process has", {
  run: ({ ask }) => ask({ op: "exit", status: 2 ** 40 + 259, signal: 0, again: false }),
  // Its low byte, as exit(3) has it.
  refused: "ended: 3 ",
  ...HONEST,
});

forgery("have its broker stopped for ever by claiming to have been stopped", {
  run: ({ ask }) => ask({ op: "exit", status: 0, signal: 19, again: false }),
  // The deadline is there for those who do not end; the test's own, later one kills what it does not reach.
  flags: ["--timeout", "2"],
  refused: "ended: 0 ",
  ...HONEST,
});

forgery("die of a signal that there is not", {
  run: ({ ask }) => ask({ op: "exit", status: 0, signal: 2 ** 33, again: false }),
  refused: "ended: 0 ",
  ...HONEST,
});

forgery("be run again where nobody has asked for that", {
  run: ({ ask }) => ask({ op: "exit", status: 5, signal: 0, again: true }),
  flags: ["--timeout", "2"],
  refused: "ended: 5 ",
  ...HONEST,
});
