/** The attacker changes what the kernel remembers of its process. */
import { attack } from "../support/attack.ts";

const [PDEATHSIG, DUMPABLE, NO_NEW_PRIVILEGES, TRACER, KEEP_CAPABILITIES] = [1, 4, 38, 0x59616d61, 8];

attack("outlive its broker", {
  given: { option: PDEATHSIG },
  systemCall: {
    run: ({ call, given }) => call("prctl", Number(given["option"]), 0, 0, 0, 0),
    refused: "EPERM",
    control: "0",
  },
});

attack("have its memory dumped", {
  given: { option: DUMPABLE },
  systemCall: {
    run: ({ call, given }) => call("prctl", Number(given["option"]), 1, 0, 0, 0),
    refused: "EPERM",
    control: "0",
  },
});

attack("gain privileges again", {
  given: { option: NO_NEW_PRIVILEGES },
  systemCall: {
    run: ({ call, given }) => call("prctl", Number(given["option"]), 0, 0, 0, 0),
    refused: "EPERM",
    control: "EINVAL",
  },
});

attack("let everyone trace it", {
  given: { option: TRACER },
  systemCall: {
    run: ({ call, given }) => call("prctl", Number(given["option"]), -1, 0, 0, 0),
    refused: "EPERM",
    // Kernels without that rule do not know the option.
    control: /^(?:0|EINVAL)$/,
  },
});

attack("keep capabilities", {
  given: { option: KEEP_CAPABILITIES },
  systemCall: {
    run: ({ call, given }) => call("prctl", Number(given["option"]), 1, 0, 0, 0),
    refused: "EPERM",
    control: "0",
  },
});
