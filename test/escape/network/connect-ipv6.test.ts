/** The attacker tries the other internet, which a filter may have forgotten. */
import { attack } from "../support/attack.ts";

attack("connect over IPv6", {
  python: {
    code: `import socket; socket.create_connection(("::1", 1)).close()`,
    refused:
      "PermissionError: [Errno 13] Permission denied: ::1 is a loopback address; allow it with --allow-net='[::1]:1'",
    control: /^(?:ConnectionRefusedError|OSError): /,
  },
  systemCall: {
    run: ({ call, bytes }) => {
      const loopback = [10, 0, 0, 1, 0, 0, 0, 0, ...Array(15).fill(0), 1, 0, 0, 0, 0];
      const fd = call("socket", 10, 1, 0);
      return call("connect", fd, bytes(loopback), 28);
    },
    refused: "EPERM",
    // Nothing listens there, or there is no IPv6.
    control: /^(?:ECONNREFUSED|EAFNOSUPPORT|EADDRNOTAVAIL|ENETUNREACH)$/,
  },
});
