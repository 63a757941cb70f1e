import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PositionEncoding, Workspace } from "@astral-sh/ruff-wasm-nodejs";

const OPTIONS = {
  "line-length": 120,
  "target-version": "py314",
  lint: { select: ["E", "F", "I", "UP", "B", "SIM", "RET"], ignore: ["B018"] },
};

/** What ruff finds in the Python that ships, and in the build's; with `fix`, files are formatted in place. */
export async function pythonFindings(root: string, fix = false): Promise<string[]> {
  const workspace = new Workspace(OPTIONS, PositionEncoding.Utf16);
  const findings: string[] = [];
  for (const pattern of ["src/cell/python/*.py", "scripts/**/*.py"]) {
    for await (const name of new Bun.Glob(pattern).scan(root)) {
      const path = join(root, name);
      const text = await readFile(path, "utf8");
      const formatted = workspace.format(text);
      if (formatted !== text && fix) await writeFile(path, formatted);
      else if (formatted !== text) findings.push(`${name}: not formatted (bun scripts/check-python.ts --write)`);
      for (const { code, message, start_location } of workspace.check(text)) {
        findings.push(`${name}:${start_location.row}: ${code ?? ""} ${message}`);
      }
    }
  }
  return findings;
}

if (import.meta.main) {
  const findings = await pythonFindings(join(import.meta.dir, ".."), process.argv.includes("--write"));
  console.log(findings.join("\n"));
  process.exit(findings.length === 0 ? 0 : 1);
}
