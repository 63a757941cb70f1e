/** The attacker arranges the file system anew, so that the paths that others use lead to its own files. */
import { attack } from "../support/attack.ts";

attack("mount", {
  systemCall: {
    run: ({ call, text }) => call("mount", text("none"), text("/no/such/place"), text("tmpfs"), 0, 0),
    refused: "killed by SIGSYS",
    // Whoever may not is told before it is looked.
    control: /^(?:ENOENT|EPERM)$/,
  },
});

attack("open a file system", {
  systemCall: {
    run: ({ call, text }) => call("fsopen", text("nonesuch"), 0),
    refused: "killed by SIGSYS",
    control: /^(?:ENODEV|EPERM)$/,
  },
});

attack("copy a part of the file tree", {
  systemCall: {
    run: ({ call, text }) => call("open_tree", -100, text("/no/such/place"), 0),
    refused: "killed by SIGSYS",
    control: /^(?:ENOENT|EPERM)$/,
  },
});
