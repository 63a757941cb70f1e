/** The attacker reads and writes by calls that a filter may not know to be reads and writes. */
import { attack } from "../support/attack.ts";

attack("read and write by other calls", {
  systemCall: {
    run: ({ call, words, bytes }) => {
      const none = words(bytes(1), 0);
      return [
        () => call("readv", 0, none, 1),
        () => call("writev", 1, none, 1),
        () => call("pread64", 0, bytes(1), 1, 0),
        () => call("sendto", 2, bytes(1), 0, 0x40, 0, 0),
        () => call("sendfile", 1, 0, 0, 0),
        () => call("splice", 0, 0, 1, 0, 1, 0),
        () => call("vmsplice", 1, none, 1, 0),
        () => call("shutdown", 2, 0),
      ].map((use) => {
        try {
          return use();
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
    },
    refused: Array(8).fill("EPERM").join(),
    control: /^0,0,ESPIPE,0,(?!EPERM)\w+,(?!EPERM)\w+,(?!EPERM)\w+,0$/,
  },
});
