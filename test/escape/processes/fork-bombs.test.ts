/** The attacker starts processes until the machine has no room for any other. */
import { attack } from "../support/attack.ts";

attack("start processes in a loop", {
  python: {
    code: `
import os
started = 0
for _ in range(5):
    try: pid = os.fork()
    except OSError: continue
    if pid == 0: os._exit(0)
    started += 1
    os.waitpid(pid, 0)
started`,
    refused: "0",
    control: "5",
  },
  javascript: {
    run: () => {
      let started = 0;
      for (let count = 0; count < 5; count++) {
        try {
          if (Bun.spawnSync(["true"]).success) started += 1;
        } catch {}
      }
      return started;
    },
    refused: "0",
    control: "5",
  },
  systemCall: {
    run: ({ function: native, call }) => {
      let started = 0;
      for (let count = 0; count < 5; count++) {
        const pid = native("fork")();
        if (pid === 0) call("exit_group", 0);
        if (pid > 0) started += 1;
      }
      return started;
    },
    refused: "0",
    control: "5",
  },
});

attack("start workers of Python's", {
  python: {
    code: `
import multiprocessing
process = multiprocessing.get_context("fork").Process(target=print)
process.start()
process.join()
process.exitcode`,
    refused: /^\w*Error: .*woma's Python/,
    control: "0",
  },
});
