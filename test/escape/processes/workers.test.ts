/** The attacker asks the runtime for a Worker, hoping that its thread is a free one. */
import { attack } from "../support/attack.ts";

attack("reach a file from a Worker", {
  javascript: {
    run: () => {
      const shared = new Int32Array(new SharedArrayBuffer(4));
      const code = `onmessage = ({ data }) => {
        let length = -1;
        try { length = require("fs").readFileSync("/etc/passwd").length } catch {}
        Atomics.store(data, 0, length);
        Atomics.notify(data, 0);
      }`;
      new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" }))).postMessage(shared);
      Atomics.wait(shared, 0, 0, 5000);
      return (shared[0] ?? 0) > 0;
    },
    // The runtime wants an event loop for it, gives up, and its crash handler makes a call that ends the cell.
    refused: /^(?:false|killed by SIGSYS|killed by SIGABRT|killed by SIGTRAP|killed by SIGILL)$/,
    control: "true",
  },
});
