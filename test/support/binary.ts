import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");

/** Where nothing may be skipped, nothing may be missing; elsewhere the core's packages may, which come from the network. */
export const corePolicy: readonly string[] = process.env["WOMA_TEST"] === "all" ? [] : ["--core-optional"];

let building: Promise<string> | undefined;

/** The compiled binary of this checkout, built once a test run; WOMA_BINARY names another to test. */
export function builtBinary(): Promise<string> {
  building ??= build();
  return building;
}

async function build(): Promise<string> {
  const given = process.env["WOMA_BINARY"];
  if (given) return given;
  const binary = join(root, process.platform === "win32" ? "woma.exe" : "woma");
  const child = Bun.spawn([process.execPath, "scripts/build.ts", "--if-changed", ...corePolicy], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0 || !existsSync(binary)) throw new Error(`the build failed:\n${output}${errors}`);
  return binary;
}
