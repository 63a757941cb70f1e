/** The attacker reads a file without reading: mapped into memory. */
import { writeFileSync } from "node:fs";
import { attack } from "../support/attack.ts";
import { scratchForFile } from "../support/scratch.ts";

const file = `${scratchForFile()}/file`;
writeFileSync(file, "text");

attack("map a file into memory", {
  given: { file },
  javascript: {
    run: ({ given }) => Bun.mmap(String(given["file"])).length,
    refused: "EPERM",
    control: "4",
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
