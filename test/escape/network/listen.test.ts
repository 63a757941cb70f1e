/** The attacker opens a door for others. */
import { attack } from "../support/attack.ts";

attack("listen", {
  python: {
    code: `import socket; socket.create_server(("127.0.0.1", 0)).close()`,
    refused: /^OSError: \[Errno 95\] woma's Python accepts no connections/,
    control: "None",
  },
  javascript: {
    run: () => Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } }).port > 0,
    refused: "Error: Failed to listen at 127.0.0.1",
    control: "true",
  },
  systemCall: {
    run: ({ call, bytes }) => {
      const fd = call("socket", 2, 1, 0);
      call("bind", fd, bytes([2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 16);
      return call("listen", fd, 1);
    },
    refused: "EPERM",
    control: "0",
  },
});

attack("listen on what it has already", {
  systemCall: {
    run: ({ call }) =>
      [0, 1, 2].map((fd) => {
        try {
          return call("listen", fd, 1);
        } catch (error) {
          return (error as { code: string }).code;
        }
      }),
    refused: "EPERM,EPERM,EPERM",
    // Its pipes are sockets, though connected ones.
    control: /^(?:(?:EINVAL|ENOTSOCK|EOPNOTSUPP),?){3}$/,
  },
});
