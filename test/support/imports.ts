import { posix } from "node:path";

/** One source file of the checkout, its path relative to the root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** `file` imports `target`: a path relative to the root for the checkout's own files, else the name as written. */
export interface Import {
  readonly file: string;
  readonly target: string;
}

/** Every TypeScript file below these folders of the root. */
export async function readSources(root: string, folders: readonly string[]): Promise<SourceFile[]> {
  const found = folders.flatMap((folder) => [...new Bun.Glob(`${folder}/**/*.ts`).scanSync(root)]);
  const paths = found.map((path) => path.replaceAll("\\", "/")).sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await Bun.file(`${root}/${path}`).text() })));
}

/** All imports and re-exports, those of types and the dynamic ones included. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const code = withoutComments(text);
  return FORMS.flatMap((form) => [...code.matchAll(form)]).map((match) => ({
    file: path,
    target: resolveTarget(path, match[1] ?? ""),
  }));
}

/** The files of one cycle of imports, the first repeated at the end; undefined when there is none. */
export function findCycle(imports: readonly Import[]): string[] | undefined {
  const targets = Map.groupBy(imports, ({ file }) => file);
  const finished = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const { target } of targets.get(file) ?? []) {
      const cycle = visit(target, [...trail, file]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of targets.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

const FORMS = [
  /^\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']/gm,
  /^\s*import\s*["']([^"']+)["']/gm,
  /\b(?:import|require)\(\s*["']([^"']+)["']/g,
];

/** Comments that begin a line; elsewhere the same characters may be a glob in a string. */
export function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/^\s*\/\/.*$/gm, "");
}

function resolveTarget(file: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier;
}
