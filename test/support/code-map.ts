/**
 * The paths that ARCHITECTURE.md's code map names: the first fenced block below the heading "Code map", a tree
 * with two spaces for each level and one entry a line. After two or more spaces follows a comment.
 */
export function codeMapPaths(document: string): string[] {
  const block = /^#+ code map *\n[\s\S]*?^```[^\n]*\n([\s\S]*?)^```/im.exec(document)?.[1];
  if (block === undefined) throw new Error('ARCHITECTURE.md has no fenced block below a heading "Code map"');
  const folders: string[] = [];
  const paths: string[] = [];
  for (const line of block.split("\n")) {
    const entry = /^((?: {2})*)(\S(?:.*?\S)?)(?: {2,}.*)?$/.exec(line.trimEnd());
    if (line.trim() === "") continue;
    if (entry === null) throw new Error(`the code map has a line that is not indented by two spaces a level: ${line}`);
    const depth = (entry[1] ?? "").length / 2;
    if (depth > folders.length) throw new Error(`the code map has an entry deeper than its folder: ${line}`);
    folders.length = depth;
    folders.push((entry[2] ?? "").replace(/\/$/, ""));
    paths.push(folders.join("/"));
  }
  return paths;
}

/** The paths of the checkout that the text names in backticks: `src/cell/boot.ts`. */
export function pathsInText(document: string): string[] {
  const found = document.matchAll(/`((?:src|scripts|test)\/[\w./-]*)`/g);
  return [...new Set([...found].map((match) => (match[1] ?? "").replace(/\/$/, "")))];
}

/** The folders under `src/` that hold these files, and those above them. */
export function foldersOf(files: readonly string[]): string[] {
  const parents = files.flatMap((file) => {
    const parts = file.split("/").slice(0, -1);
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  });
  return [...new Set(parents)].sort();
}
