/** The attacker starts one of the machine's programs. */
import { attack } from "../support/attack.ts";

attack("start a program", {
  python: {
    code: `import subprocess; subprocess.run(["id"], stdout=subprocess.DEVNULL).returncode`,
    refused: /^OSError: \[Errno 95\] woma's Python starts no other programs/,
    control: "0",
  },
  javascript: {
    run: () => Bun.spawnSync(["id"]).exitCode,
    refused: "ENOENT",
    control: "0",
  },
  systemCall: {
    // posix_spawn(3), which clones in its own way.
    run: ({ function: native, text, words, bytes }) =>
      native("posix_spawn")(bytes(8), text("/bin/true"), 0, 0, words(text("true"), 0), words(0)),
    refused: /^(?:1|killed by SIGSYS)$/,
    control: "0",
  },
});

attack("start a program without waiting for it", {
  javascript: {
    run: ({ need }) => need("child_process").spawn("id").pid > 0,
    refused: /^(?:EPERM|false|killed by SIGSYS)$/,
    control: "true",
  },
});
