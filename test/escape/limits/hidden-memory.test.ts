/**
 * The attacker's main thread ends, and another goes on: the system then shows the process as a zombie that holds no
 * memory, while the other thread takes all that there is.
 */
import { expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { javascriptPart } from "../support/parts.ts";
import { run } from "../support/run.ts";

const hide = javascriptPart((kit) => {
  const bytes = (value: number, count: number) =>
    Array.from({ length: count }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 255n));
  const [soon, later] = [kit.words(0, 300_000_000), kit.words(2, 0)];
  const arm = (...instructions: readonly number[]) => instructions.flatMap((instruction) => bytes(instruction, 4));
  // nanosleep(soon); mmap a gigabyte, with all its pages; nanosleep(later); exit_group(7).
  const body = kit.machineCode({
    x64: [
      ...[0x48, 0xbf, ...bytes(soon, 8), 0x31, 0xf6, 0xb8, 35, 0, 0, 0, 0x0f, 0x05],
      ...[0x31, 0xff, 0xbe, 0, 0, 0, 0x40, 0xba, 3, 0, 0, 0, 0x41, 0xba, 0x22, 0x80, 0, 0],
      ...[0x49, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff, 0x45, 0x31, 0xc9, 0xb8, 9, 0, 0, 0, 0x0f, 0x05],
      ...[0x48, 0xbf, ...bytes(later, 8), 0x31, 0xf6, 0xb8, 35, 0, 0, 0, 0x0f, 0x05],
      ...[0xbf, 7, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05],
    ],
    arm64: [
      ...arm(0x58000280, 0xd2800001, 0xd2800ca8, 0xd4000001),
      ...arm(0xd2800000, 0xd2a80001, 0xd2800062, 0xd2900443, 0x92800004, 0xd2800005, 0xd2801bc8, 0xd4000001),
      ...arm(0x58000140, 0xd2800001, 0xd2800ca8, 0xd4000001),
      ...arm(0xd28000e0, 0xd2800bc8, 0xd4000001, 0xd503201f),
      ...[...bytes(soon, 8), ...bytes(later, 8)],
    ],
  });
  kit.function("pthread_create")(kit.words(0), 0, body, 0);
  // Of this thread alone.
  kit.call("exit", 0);
}, {});

testUnless(
  notOnLinux,
  "a cell cannot take more memory than it was given: behind a main thread that has ended",
  async () => {
    const program = javascriptOf([hide]);
    const [bounded, control] = await Promise.all(
      ["64", "2048"].map(async (limit) => run([await hostileBinary(), "--memory", limit, "-c", program])),
    );
    expect(bounded?.stderr).toMatch(/^error: the program was killed: /);
    expect([control?.stderr]).toEqual([expect.stringMatching(/process died \(status 7\)|the program was killed: /)]);
  },
);
