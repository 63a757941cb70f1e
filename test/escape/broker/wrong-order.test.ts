/** The attacker speaks out of turn, hoping that two answers get mixed up. */
import { forgery, HONEST } from "../support/forgery.ts";

const OUT_OF_ORDER = "ended: SIGKILL error: the program was killed: its cell sent requests out of order\n";

forgery("ask again before it has been answered", {
  run: ({ send, frame, receive }) => {
    const sleep = frame({ op: "poll", want: [], timeoutMs: -1 });
    send(Buffer.concat([sleep, frame({ op: "pipe" })]));
    return receive();
  },
  refused: "killed: the cell sent a request before the last one was answered",
  ...HONEST,
});

forgery("be given its program twice", {
  run: ({ ask }) => ask({ op: "hello", restored: true, bootMs: 0 }),
  refused: OUT_OF_ORDER,
  ...HONEST,
});

forgery("say that it is not confined after it has been given its program", {
  run: ({ ask }) => ask({ op: "unconfined", reason: "\u001b[31mtrust me" }),
  refused: OUT_OF_ORDER,
  ...HONEST,
});
