/** The attacker starts threads until the machine has no number left for another process: a fork bomb without forks. */
import { attack } from "../support/attack.ts";

attack("start threads by the thousand", {
  systemCall: {
    // Each thread pauses in nanosleep, in machine code: nanosleep(words, 0), for ten seconds.
    run: (kit) => {
      const time = kit.words(10, 0);
      const address = Array.from({ length: 8 }, (_, index) => Number((BigInt(time) >> BigInt(8 * index)) & 255n));
      const body = kit.machineCode({
        x64: [
          ...[0x48, 0xbf, ...address], // mov rdi, time
          ...[0x31, 0xf6], // xor esi, esi
          ...[0xb8, 35, 0, 0, 0], // mov eax, 35
          ...[0x0f, 0x05], // syscall
          0xc3, // ret
        ],
        arm64: [
          ...[0xa0, 0x00, 0x00, 0x58], // ldr x0, +20
          ...[0x01, 0x00, 0x80, 0xd2], // mov x1, #0
          ...[0xa8, 0x0c, 0x80, 0xd2], // mov x8, #101
          ...[0x01, 0x00, 0x00, 0xd4], // svc #0
          ...[0xc0, 0x03, 0x5f, 0xd6], // ret
          ...address,
        ],
      });
      const create = kit.function("pthread_create");
      const thread = kit.words(0);
      let started = 0;
      while (started < 2000 && create(thread, 0, body, 0) === 0) started += 1;
      Bun.sleepSync(500);
      return started < 2000 ? "stopped" : "started";
    },
    refused: /^(?:stopped$|killed by SIGKILL|ended: )/,
    control: "started",
  },
});
