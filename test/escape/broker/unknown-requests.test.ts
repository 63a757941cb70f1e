/** The attacker looks for requests that nobody told it of, and for mistakes in how they are taken apart. */
import { forgery, HONEST } from "../support/forgery.ts";

const UNKNOWN = "killed: the cell sent a request of no known shape";

forgery("ask for what there is no request for", {
  run: ({ ask }) => ask({ op: "spawn", command: ["id"] }),
  refused: UNKNOWN,
  ...HONEST,
});

forgery("ask by the name of what every object has", {
  run: ({ ask }) => ask({ op: "constructor" }),
  refused: UNKNOWN,
  ...HONEST,
});

forgery("put more into a request than belongs there", {
  run: ({ send, frame, receive }) => {
    send(frame('{"op":"pipe","__proto__":{"root":true}}'));
    return receive();
  },
  refused: UNKNOWN,
  ...HONEST,
});

forgery("send what is no JSON", {
  run: ({ send, frame, receive }) => {
    send(frame("[".repeat(100_000)));
    return receive();
  },
  refused: UNKNOWN,
  ...HONEST,
});
