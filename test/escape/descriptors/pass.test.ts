/** The attacker hands descriptors over its pipes, which are sockets: to the broker, or from an accomplice. */
import { attack } from "../support/attack.ts";

attack("send a descriptor through its pipe", {
  systemCall: {
    run: ({ call, words, bytes }) => {
      const [socketLevel, rights] = [1n, 1n];
      const control = words(20, socketLevel | (rights << 32n), 0);
      // No byte of data: nobody's stream is disturbed.
      const message = words(0, 0, words(bytes(1), 0), 1, control, 24, 0);
      return call("sendmsg", 2, message, 0x40);
    },
    refused: "EPERM",
    control: "0",
  },
});

attack("receive a descriptor through its pipe", {
  systemCall: {
    run: ({ call, words, bytes }) => {
      const message = words(0, 0, words(bytes(1), 1), 1, bytes(64), 64, 0);
      return call("recvmsg", 0, message, 0x40);
    },
    refused: "EPERM",
    // Nothing has been sent.
    control: "EWOULDBLOCK",
  },
});
