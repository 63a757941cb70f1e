/** The attacker opens a file by its number on disk, as those who left containers have done: no path is looked at. */
import { attack } from "../support/attack.ts";

attack("make a handle of a file", {
  systemCall: {
    run: ({ call, text, words }) => call("name_to_handle_at", -100, text("/etc/passwd"), words(0, 0, 0), words(0), 0),
    refused: "killed by SIGSYS",
    // The handle needs more room than was given.
    control: /^(?:EOVERFLOW|EOPNOTSUPP|EPERM)$/,
  },
});

attack("open a file by its handle", {
  systemCall: {
    run: ({ call, words }) => call("open_by_handle_at", -100, words(0x1_0000_0008n, 0), 0),
    refused: "killed by SIGSYS",
    control: /^(?:ESTALE|EBADF|EINVAL|EPERM)$/,
  },
});
