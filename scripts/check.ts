import { join } from "node:path";
import { pythonFindings } from "./check-python.ts";

const ROOT = join(import.meta.dir, "..");

/** The checks that come before a commit: format and lint, types, unused code, and the same for Python. */
const COMMANDS = [
  ["format and lint", ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]],
  ["types", ["node_modules/typescript/bin/tsc", "--project", "."]],
  ["unused code", ["node_modules/knip/bin/knip-bun.js"]],
  // pyrightconfig.json: this code reaches into CPython's private parts, which the published types do not have.
  ["Python's types", ["node_modules/pyright/index.js"]],
] as const;

async function main(): Promise<void> {
  let failed = 0;
  for (const [name, [script, ...words]] of COMMANDS) {
    const child = Bun.spawn([process.execPath, "--bun", join(ROOT, script), ...words], {
      cwd: ROOT,
      stdout: "pipe",
      stderr: "pipe",
    });
    const output = (await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])).join("");
    failed += report(name, (await child.exited) === 0, output);
  }
  const findings = await pythonFindings(ROOT);
  failed += report("Python's format and lint", findings.length === 0, findings.join("\n"));
  process.exit(failed === 0 ? 0 : 1);
}

function report(name: string, passed: boolean, output: string): number {
  console.log(`${passed ? "ok  " : "FAIL"} ${name}`);
  if (!passed) console.log(output.trim());
  return passed ? 0 : 1;
}

await main();
