/** The attacker reads a file without reading: mapped into memory. */
import { attack } from "../support/attack.ts";

attack("map a file into memory", {
  javascript: {
    run: ({ need }) => {
      const file = (globalThis as unknown as { Bun: { mmap(path: string): Uint8Array } }).Bun.mmap("/etc/hostname");
      return [need("os").EOL.length, file.length > 0];
    },
    refused: "EPERM",
    control: "1,true",
  },
  systemCall: {
    // Shared, of a descriptor: what is behind its standard streams, or was behind fd 3.
    run: ({ call }) =>
      [0, 1, 2, 3].map((fd) => {
        try {
          return call("mmap", 0, 4096, 1, 1, fd, 0) !== 0;
        } catch (error) {
          return (error as { code: string }).code;
        }
      }),
    refused: "EPERM,EPERM,EPERM,EPERM",
    // Pipes cannot be mapped; the memory that broker and cell share can.
    control: "ENODEV,ENODEV,ENODEV,true",
  },
});
