import { type Import, importsOf, type SourceFile, withoutComments } from "./imports.ts";

/** What the files of each part of src/ may import from other parts; a part is a folder, or a file beside them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "index.ts": ["cli", "cell", "protocol"],
  cli: ["broker", "permissions", "pyodide-manager", "sandbox", "config.ts", "errors.ts", "protocol"],
  broker: ["permissions", "pyodide-manager", "sandbox", "errors.ts", "protocol"],
  permissions: ["errors.ts"],
  sandbox: ["protocol"],
  "pyodide-manager": ["errors.ts", "protocol"],
  "config.ts": ["permissions", "pyodide-manager", "errors.ts", "protocol"],
  "errors.ts": [],
  protocol: [],
  cell: ["sandbox", "protocol"],
};

/** Things that one file alone may do, however many would like to. */
const RESERVED: readonly { readonly what: string; readonly pattern: RegExp; readonly files: readonly string[] }[] = [
  {
    what: "reads the environment",
    pattern: /\bprocess\s*(?:\.\s*env\b|\[\s*["']env["']\s*\])|\bBun\s*\.\s*env\b|\bimport\.meta\.env\b/,
    // The cell sets TZ there, which is how JavaScript is told of a time zone; and an exec passes it on.
    files: ["src/config.ts", "src/cell/time-zone.ts", "src/sandbox/launch.ts"],
  },
  {
    what: "starts processes with node:child_process",
    pattern: /["'](?:node:)?child_process["']/,
    files: ["src/broker/cell-process.ts"],
  },
];

/** Every import that goes the wrong way and every reserved thing done elsewhere, one line each. */
export function layeringViolations(sources: readonly SourceFile[]): string[] {
  return [...sources.flatMap(importsOf).flatMap(wrongImport), ...sources.flatMap(reservedUses)];
}

function wrongImport({ file, target }: Import): string[] {
  if (!target.startsWith("src/") && !target.startsWith("scripts/") && !target.startsWith("test/")) return [];
  if (!file.startsWith("src/")) return [];
  if (!target.startsWith("src/")) return [`${file} imports ${target}: src/ imports nothing outside of it`];
  const [from, to] = [partOf(file), partOf(target)];
  if (from === to) return [];
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [`${file}: no rule says what ${from} may import`];
  return allowed.includes(to) ? [] : [`${file} imports ${target}: ${from} may not import ${to}`];
}

function reservedUses({ path, text }: SourceFile): string[] {
  if (!path.startsWith("src/")) return [];
  const code = withoutComments(text);
  return RESERVED.filter(({ pattern, files }) => pattern.test(code) && !files.includes(path)).map(
    ({ what, files }) => `${path} ${what}, which only ${files.join(" and ")} may`,
  );
}

/** `cli` for src/cli/run.ts, `errors.ts` for src/errors.ts. */
function partOf(path: string): string {
  return path.split("/")[1] ?? path;
}
