/** The attacker reads and writes the broker's memory by the calls for debuggers. */
import { attack } from "../support/attack.ts";

attack("read its broker's memory", {
  systemCall: {
    run: ({ call, words, bytes, brokerPid }) => {
      const [local, remote] = [words(bytes(8), 8), words(4096, 8)];
      return call("process_vm_readv", brokerPid, local, 1, remote, 1, 0);
    },
    refused: "killed by SIGSYS",
    // Nothing is at that address; some systems let only root look.
    control: /^(?:EFAULT|EPERM)$/,
  },
});

attack("write its broker's memory", {
  systemCall: {
    run: ({ call, words, bytes, brokerPid }) => {
      const [local, remote] = [words(bytes(8), 8), words(4096, 8)];
      return call("process_vm_writev", brokerPid, local, 1, remote, 1, 0);
    },
    refused: "killed by SIGSYS",
    control: /^(?:EFAULT|EPERM)$/,
  },
});

attack("take its broker's memory away", {
  systemCall: {
    // MADV_COLD of no range, of a process given by no descriptor.
    run: ({ call, words }) => call("process_madvise", 0, words(0, 0), 1, 20, 0),
    refused: "killed by SIGSYS",
    control: /^(?:EBADF|EINVAL)$/,
  },
});
