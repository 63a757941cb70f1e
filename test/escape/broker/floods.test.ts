/** The attacker has the broker remember things until it has no memory left. */
import { forgery } from "../support/forgery.ts";

forgery("have its broker open things without end", {
  run: ({ ask }) => {
    let opened = 0;
    for (let count = 0; count < 3000; count++) {
      const { errno } = ask({ op: "pipe" });
      if (errno !== undefined) return [opened <= 512, errno];
      opened += 1;
    }
    return opened;
  },
  refused: "true,EMFILE",
  honest: ({ ask }) => typeof ask({ op: "pipe" })["reader"],
  answered: "number",
});

forgery("have its broker keep what nobody reads", {
  run: ({ ask }) => {
    const { writer } = ask({ op: "pipe" });
    let kept = 0;
    for (let count = 0; count < 3000; count++) {
      const reply = ask({ op: "write", handle: writer, nonBlocking: true, windowLength: 1 << 16 });
      if (reply.errno !== undefined) return [kept <= 1 << 20, reply.errno];
      kept += Number(reply["written"]);
    }
    return kept;
  },
  refused: "true,EAGAIN",
  honest: ({ ask }) => typeof ask({ op: "pipe" })["reader"],
  answered: "number",
});
