import { WomaError } from "../src/errors.ts";

/** The platforms woma is built for, as `--target` names them. On x64 Bun has one executable for old and new CPUs. */
export const targets = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "windows-x64"] as const;

export type Target = (typeof targets)[number];

/** @throws WomaError for a name that is not a target */
export function parseTarget(text: string): Target {
  const target = targets.find((name) => name === text);
  if (!target) {
    throw new WomaError(`unknown target ${JSON.stringify(text)}`, { hint: `the targets are ${targets.join(", ")}` });
  }
  return target;
}

/** @throws WomaError where woma has no binary for this machine */
export function hostTarget(): Target {
  return parseTarget(`${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`);
}

/** The default name of the binary: `woma` for this machine, `woma-<target>` for another. */
export function binaryName(target: Target, host: Target): string {
  const name = target === host ? "woma" : `woma-${target}`;
  return target.startsWith("windows-") ? `${name}.exe` : name;
}
