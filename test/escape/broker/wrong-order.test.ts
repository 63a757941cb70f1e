/** The attacker speaks out of turn, hoping that two answers get mixed up. */
import { forgery } from "../support/forgery.ts";
import type { Kit } from "../support/kit.ts";

const honest = {
  honest: ({ ask }: Kit) => JSON.stringify(ask({ op: "close", handle: 999 })),
  answered: '{"errno":"EBADF"}',
};

forgery("ask again before it has been answered", {
  run: ({ send, frame, receive }) => {
    const sleep = frame({ op: "poll", want: [], timeoutMs: -1 });
    send(Buffer.concat([sleep, frame({ op: "pipe" })]));
    return receive();
  },
  refused: "killed: the cell sent a request before the last one was answered",
  ...honest,
});

forgery("be given its program twice", {
  run: ({ ask }) => ask({ op: "hello", restored: true, bootMs: 0 }),
  flags: ["--timeout", "1"],
  refused: /^(?:ended: 124 error: the program was stopped after 1 s, its --timeout|killed)/,
  ...honest,
});

forgery("say that it is not confined after it has been given its program", {
  run: ({ ask }) => ask({ op: "unconfined", reason: "\u001b[31mtrust me" }),
  refused: /^(?:ended: 126 error: Python cannot be confined here: \P{Cc}*\n|killed)/u,
  ...honest,
});
