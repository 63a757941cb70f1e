/** The attacker hopes that the lock holds the main thread alone. */
import { attack } from "../support/attack.ts";

attack("reach a file from a thread of its own", {
  systemCall: {
    // The thread's body, in machine code: openat(AT_FDCWD, "/etc/passwd", O_RDONLY).
    run: (kit) => {
      const path = [...new TextEncoder().encode("/etc/passwd\0")];
      const body = kit.machineCode({
        x64: [
          ...[0xb8, 0x01, 0x01, 0x00, 0x00], // mov eax, 257
          ...[0x48, 0xc7, 0xc7, 0x9c, 0xff, 0xff, 0xff], // mov rdi, -100
          ...[0x48, 0x8d, 0x35, 0x05, 0x00, 0x00, 0x00], // lea rsi, [rip + 5]
          ...[0x31, 0xd2], // xor edx, edx
          ...[0x0f, 0x05], // syscall
          0xc3, // ret
          ...path,
        ],
        arm64: [
          ...[0x08, 0x07, 0x80, 0xd2], // mov x8, #56
          ...[0x60, 0x0c, 0x80, 0x92], // mov x0, #-100
          ...[0x81, 0x00, 0x00, 0x10], // adr x1, +16
          ...[0x02, 0x00, 0x80, 0xd2], // mov x2, #0
          ...[0x01, 0x00, 0x00, 0xd4], // svc #0
          ...[0xc0, 0x03, 0x5f, 0xd6], // ret
          ...path,
        ],
      });
      const [thread, result] = [kit.words(0), kit.words(0)];
      const failure = kit.function("pthread_create")(thread, 0, body, 0);
      if (failure !== 0) return `no thread: ${failure}`;
      kit.function("pthread_join")(kit.wordsAt(thread, 1)[0] ?? 0, result);
      const fd = BigInt.asIntN(64, kit.wordsAt(result, 1)[0] ?? 0n);
      return fd > 2n ? "opened" : fd;
    },
    refused: "-1",
    control: "opened",
  },
});
