/** The attacker starts threads until the machine has no number left for another process: a fork bomb without forks. */
import { expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { javascriptPart, toldIn } from "../support/parts.ts";
import { run } from "../support/run.ts";

async function startThreads(many: number) {
  const program = javascriptPart(
    (kit) => {
      // Each waits ten seconds, in machine code: nanosleep(time, 0).
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
      while (started < Number(kit.given["many"]) && create(thread, 0, body, 0) === 0) started += 1;
      Bun.sleepSync(500);
      return started;
    },
    { many },
  );
  const { stdout, stderr } = await run([await hostileBinary(), "-c", javascriptOf([program])]);
  return toldIn(stdout)[0] ?? stderr;
}

testUnless(notOnLinux, "a cell cannot start threads by the thousand", async () => {
  expect(await startThreads(2000)).toMatch(/^error: the program was killed: .*\d+ threads/);
});

testUnless(notOnLinux, "control: it can start a few", async () => {
  expect(await startThreads(20)).toBe("20");
});
