import { expect, test } from "bun:test";
import { binaryName, parseTarget } from "../../scripts/targets.ts";

test("the binary is named woma here, and after its target elsewhere", () => {
  expect(binaryName("linux-x64", "linux-x64")).toBe("woma");
  expect(binaryName("linux-arm64", "linux-x64")).toBe("woma-linux-arm64");
  expect(binaryName("windows-x64", "windows-x64")).toBe("woma.exe");
  expect(binaryName("windows-x64", "linux-x64")).toBe("woma-windows-x64.exe");
});

test("an unknown target is refused with the list of targets", () => {
  expect(parseTarget("darwin-arm64")).toBe("darwin-arm64");
  expect(() => parseTarget("linux-riscv")).toThrow('unknown target "linux-riscv"');
});
