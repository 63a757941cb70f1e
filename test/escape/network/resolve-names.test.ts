/** The attacker smuggles data out in the names that it looks up. */
import { attack } from "../support/attack.ts";

attack("look up a name", {
  python: {
    code: `import socket; socket.getaddrinfo("localhost", 80)[0][4][0]`,
    // The broker asked, and does not tell the program more than that.
    refused:
      /^PermissionError: \[Errno 13\] Permission denied: localhost is (?:127\.0\.0\.1|::1), a loopback address; allow it with --allow-net=localhost:80$/,
    control: /^(?:127\.0\.0\.1|::1)$/,
  },
  javascript: {
    run: async ({ need }) => (await need("dns").promises.lookup("localhost")).address,
    refused: "EAI_AGAIN",
    control: /^(?:127\.0\.0\.1|::1)$/,
    cells: "bare",
  },
  systemCall: {
    run: ({ function: native, text, words }) => native("getaddrinfo")(text("localhost"), 0, 0, words(0)),
    // EAI_AGAIN.
    refused: "-3",
    control: "0",
  },
});
