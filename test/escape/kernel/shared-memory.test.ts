/** The attacker leaves data for the next one, or meets an accomplice: memory and queues that have a name. */
import { attack } from "../support/attack.ts";

attack("make shared memory with a name", {
  python: {
    code: `
from multiprocessing import shared_memory
block = shared_memory.SharedMemory(create=True, size=1)
block.close()
block.unlink()`,
    refused: /^(?:ModuleNotFoundError|ImportError): /,
    control: "None",
  },
  systemCall: {
    // IPC_PRIVATE; nobody finds it, and IPC_RMID takes it away.
    run: ({ call, function: native }) => {
      const id = call("shmget", 0, 4096, 0o1600);
      return native("shmctl")(id, 0, 0);
    },
    refused: "EPERM",
    control: "0",
  },
});

attack("make shared memory by the C library", {
  systemCall: {
    run: ({ function: native, text, pid }) => {
      const fd = native("shm_open")(text(`/woma-escape-${pid}`), 0o102, 0o600);
      native("shm_unlink")(text(`/woma-escape-${pid}`));
      return fd > 2;
    },
    refused: "false",
    control: "true",
  },
});

attack("make a message queue", {
  systemCall: {
    run: ({ call, text }) => call("mq_open", text("no-such-queue"), 0, 0, 0),
    refused: "EPERM",
    control: /^(?:ENOENT|ENOSYS)$/,
  },
});
