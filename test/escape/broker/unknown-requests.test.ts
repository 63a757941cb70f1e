/** The attacker looks for requests that nobody told it of, and for mistakes in how they are taken apart. */
import { forgery } from "../support/forgery.ts";
import type { Kit } from "../support/kit.ts";

const honest = {
  honest: ({ ask }: Kit) => JSON.stringify(ask({ op: "close", handle: 999 })),
  answered: '{"errno":"EBADF"}',
};
const UNKNOWN = "killed: the cell sent a request of no known shape";

forgery("ask for what there is no request for", {
  run: ({ ask }) => ask({ op: "spawn", command: ["id"] }),
  refused: UNKNOWN,
  ...honest,
});

forgery("ask by the name of what every object has", {
  run: ({ ask }) => ask({ op: "constructor" }),
  refused: UNKNOWN,
  ...honest,
});

forgery("put more into a request than belongs there", {
  run: ({ send, frame, receive }) => {
    send(frame('{"op":"pipe","__proto__":{"root":true}}'));
    return receive();
  },
  refused: UNKNOWN,
  ...honest,
});

forgery("send what is no JSON", {
  run: ({ send, frame, receive }) => {
    send(frame("[".repeat(100_000)));
    return receive();
  },
  refused: UNKNOWN,
  ...honest,
});
