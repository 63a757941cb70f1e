import { join } from "node:path";
import type { PackageFile } from "../../../src/pyodide-manager/package-file.ts";

/** A process of its own that fetches one file into a cache, and says what came of it. */
export function startFetching(
  directory: string,
  file: PackageFile,
  mirror: string,
): { readonly pid: number; kill(): Promise<void>; outcome(): Promise<string> } {
  const module = (path: string) => JSON.stringify(join(import.meta.dir, path));
  const code = `
    import { fetchPackage } from ${module("../../../src/pyodide-manager/download/download.ts")};
    import { downloading, wholeOf } from ${module("./downloads.ts")};
    const context = downloading(${JSON.stringify(directory)}, [${JSON.stringify(mirror)}]);
    const wheel = await fetchPackage(${JSON.stringify(file)}, context);
    console.log(new Bun.CryptoHasher("sha256").update(wholeOf(wheel)).digest("hex"));
    for (const note of context.notes) console.log(note);
  `;
  const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "pipe" });
  const printed = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return {
    pid: child.pid,
    kill: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
    /** The hash of the bytes that it has read from its wheel; then its notes, and errors. */
    outcome: async () => (await printed).join("").trim(),
  };
}
