/** The attacker breaks the framing: lengths too large, lengths that disagree, a frame that never ends. */
import { forgery, HONEST } from "../support/forgery.ts";

forgery("announce more than a frame may hold", {
  run: ({ send, receive }) => {
    send(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0));
    return receive();
  },
  refused: /^killed: the cell sent a frame of 4294967295 bytes, above \d+$/,
  ...HONEST,
});

forgery("send lengths that disagree", {
  run: ({ send, receive }) => {
    send(Uint8Array.of(4, 0, 0, 0, 9, 0, 0, 0));
    return receive();
  },
  refused: "killed: the cell sent a frame whose lengths disagree",
  ...HONEST,
});

forgery("keep its broker waiting for the rest of a frame", {
  run: ({ send, receive }) => {
    send(Uint8Array.of(0, 0, 1, 0, 9));
    return receive();
  },
  // Only its own time passes.
  flags: ["--timeout", "1"],
  refused: /^ended: 124 error: the program was stopped after 1 s, its --timeout/,
  ...HONEST,
});
