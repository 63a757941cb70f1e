/**
 * The attacker changes what it has asked to be shown while the broker looks at it: harmless when it is judged, and
 * something else when it is written. The bytes lie in memory that both see.
 */
import { expect } from "bun:test";
import { notOnLinux, testUnless } from "../../support/loud-skip.ts";
import { javascriptOf } from "../support/cells.ts";
import { hostileBinary } from "../support/hostile-binary.ts";
import { sentToTerminal } from "../support/on-terminal.ts";
import { javascriptPart } from "../support/parts.ts";

const ATTEMPTS = 150;
const SIZE = 1 << 17;

const race = javascriptPart(
  ({ window, need, machineCode, words, ask, given, ...kit }) => {
    const shared = window();
    const size = Number(given["size"]);
    shared.fill(120, 0, size);
    shared.set(Buffer.from("aA==\x07"), 8);
    const bytes = (value: bigint) =>
      Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
    const address = bytes(BigInt(need("bun:ffi").ptr(shared)));
    const [harmless, sequence] = [[...Buffer.from("xxxxxxxx")], [...Buffer.from("\x1b]52;c;=")]];
    // A thread that writes one and the other, for ever, and waits a microsecond after each.
    const body = machineCode({
      x64: [
        ...[0x48, 0xbf, ...address], // mov rdi, address
        ...[0x48, 0xb8, ...harmless], // mov rax, harmless
        ...[0x48, 0xba, ...sequence], // mov rdx, sequence
        ...[0x48, 0x89, 0x07], // again: mov [rdi], rax
        ...[0xb9, 0, 8, 0, 0, 0xff, 0xc9, 0x75, 0xfc], // mov ecx, 2048; dec ecx; jnz -4
        ...[0x48, 0x89, 0x17], // mov [rdi], rdx
        ...[0xb9, 0, 8, 0, 0, 0xff, 0xc9, 0x75, 0xfc],
        ...[0xeb, 0xe6], // jmp again
      ],
      arm64: [
        ...[0x80, 0x01, 0x00, 0x58], // ldr x0, address
        ...[0xa1, 0x01, 0x00, 0x58], // ldr x1, harmless
        ...[0xc2, 0x01, 0x00, 0x58], // ldr x2, sequence
        ...[0x01, 0x00, 0x00, 0xf9], // again: str x1, [x0]
        ...[0x03, 0x00, 0x81, 0x52, 0x63, 0x04, 0x00, 0x71, 0xe1, 0xff, 0xff, 0x54], // mov w3, #2048; subs; b.ne
        ...[0x02, 0x00, 0x00, 0xf9], // str x2, [x0]
        ...[0x03, 0x00, 0x81, 0x52, 0x63, 0x04, 0x00, 0x71, 0xe1, 0xff, 0xff, 0x54],
        ...[0xf8, 0xff, 0xff, 0x17], // b again
        ...[...address, ...harmless, ...sequence],
      ],
    });
    kit.function("pthread_create")(words(0), 0, body, 0);
    for (let attempt = 0; attempt < Number(given["attempts"]); attempt++)
      ask({ op: "write", handle: 2, nonBlocking: false, windowLength: size });
  },
  { attempts: ATTEMPTS, size: SIZE },
);

testUnless(notOnLinux, "a cell cannot change what is shown on the terminal after it was judged", async () => {
  const sent = await sentToTerminal([await hostileBinary(), "-c", javascriptOf([race])]);
  expect(sent.length).toBeGreaterThan((ATTEMPTS * SIZE) / 2);
  // It was judged at either.
  expect(sent).toContain("xxxxxxxxaA==");
  expect(sent.split("\x1b]52").length - 1).toBe(0);
});
