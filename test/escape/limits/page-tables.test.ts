/** The attacker takes memory that no process is charged for: tables of pages that are all the same zero page. */
import { expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { javascriptPart, toldIn } from "../support/parts.ts";
import { run } from "../support/run.ts";

/** 640 MB of tables: one page of them for each 2 MB of addresses, of which one byte is read. */
const take = javascriptPart(({ call, machineCode, enter }) => {
  const [step, count, readOnly, anonymousWithoutReserve, noHugePages] = [2 ** 21, 160_000, 1, 0x4022, 15];
  const start = call("mmap", 0, step * count, readOnly, anonymousWithoutReserve, -1, 0);
  call("madvise", start, step * count, noHugePages);
  const bytes = (value: number) =>
    Array.from({ length: 8 }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 255n));
  const end = start + step * count;
  enter(
    machineCode({
      x64: [
        ...[0x48, 0xb8, ...bytes(start)], // mov rax, start
        ...[0x48, 0xb9, ...bytes(end)], // mov rcx, end
        ...[0x8a, 0x10], // loop: mov dl, [rax]
        ...[0x48, 0x05, 0x00, 0x00, 0x20, 0x00], // add rax, 0x200000
        ...[0x48, 0x39, 0xc8], // cmp rax, rcx
        ...[0x72, 0xf3], // jb loop
        0xc3, // ret
      ],
      arm64: [
        ...[0xe0, 0x00, 0x00, 0x58], // ldr x0, start
        ...[0x01, 0x01, 0x00, 0x58], // ldr x1, end
        ...[0x02, 0x00, 0x40, 0x39], // loop: ldrb w2, [x0]
        ...[0x00, 0x00, 0x48, 0x91], // add x0, x0, #0x200000
        ...[0x1f, 0x00, 0x01, 0xeb], // cmp x0, x1
        ...[0xa3, 0xff, 0xff, 0x54], // b.lo loop
        ...[0xc0, 0x03, 0x5f, 0xd6], // ret
        ...bytes(start),
        ...bytes(end),
      ],
    }),
  );
  Bun.sleepSync(500);
  return "had";
}, {});

testUnless(notOnLinux, "a cell cannot take more memory than it was given: in tables of pages", async () => {
  const program = javascriptOf([take]);
  const [bounded, control] = await Promise.all(
    ["64", "2048"].map(async (limit) => run([await hostileBinary(), "--memory", limit, "-c", program])),
  );
  expect(toldIn(control?.stdout ?? "")).toEqual(["had"]);
  expect({ exitCode: bounded?.exitCode, stderr: bounded?.stderr }).toEqual({
    exitCode: 137,
    stderr: expect.stringContaining("its process passed the memory limit of 64 MB"),
  });
});
