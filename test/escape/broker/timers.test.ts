/** The attacker keeps the broker busy: a timer that goes off as often as it can. */
import { forgery } from "../support/forgery.ts";

forgery("keep its broker from its work by a timer", {
  run: ({ ask }) => {
    ask({ op: "signals", handled: [14], ignored: [] });
    ask({ op: "timer", delayMs: 1e-9, intervalMs: 1e-9, query: false });
    let answered = 0;
    const end = performance.now() + 500;
    while (performance.now() < end) {
      ask({ op: "close", handle: 999 });
      answered += 1;
    }
    return answered > 100;
  },
  refused: "true",
  honest: ({ ask }) => ask({ op: "timer", delayMs: 0, intervalMs: 0, query: true })["delayMs"],
  answered: "0",
});
