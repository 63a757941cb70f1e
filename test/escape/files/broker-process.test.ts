/** The attacker wants the broker's environment and memory, which hold what the user holds. */
import { attack } from "../support/attack.ts";

attack("read its broker's environment", {
  javascript: {
    run: ({ need, brokerPid }) => need("fs").readFileSync(`/proc/${brokerPid}/environ`, "latin1").includes("PATH="),
    refused: "EPERM",
    control: "true",
  },
  systemCall: {
    run: ({ call, text, brokerPid }) => call("openat", -100, text(`/proc/${brokerPid}/environ`), 0) > 2,
    refused: "EPERM",
    control: "true",
  },
});

attack("open its broker's memory", {
  javascript: {
    run: ({ need, brokerPid }) => need("fs").openSync(`/proc/${brokerPid}/mem`, "r+") > 2,
    refused: "EPERM",
    // A user who is not root may not write there either, in some systems.
    control: /^(?:true|EACCES|EPERM)$/,
  },
  systemCall: {
    run: ({ call, text, brokerPid }) => call("openat", -100, text(`/proc/${brokerPid}/maps`), 0) > 2,
    refused: "EPERM",
    control: "true",
  },
});

attack("find its broker's descriptors", {
  javascript: {
    run: ({ need, brokerPid }) => need("fs").readdirSync(`/proc/${brokerPid}/fd`).length > 2,
    refused: "EPERM",
    control: "true",
  },
});
