import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { Glob } from "bun";

/** What one case gives to the program. Its directory holds the scripts; `case.json` what a file cannot say. */
export interface FidelityCase {
  /** `subject/name`, its directory under `cases/`. */
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin: Uint8Array;
  /** Written to the working directory of the run, by relative path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Streams that are not compared, each with its reason. */
  readonly ignore: Partial<Record<Stream, string>>;
}

type Stream = "stdout" | "stderr";

/** What `case.json` may hold; every key is optional, and most cases have no such file: they run `main.py`. */
interface CaseFile {
  readonly args?: readonly (string | readonly string[])[];
  readonly stdin?: Content;
  readonly files?: Record<string, Content>;
  readonly ignore?: Partial<Record<Stream, string>>;
}

/** Lines are joined by "\n". `latin1` names bytes that are not UTF-8; `repeat` keeps a long text out of the repository. */
type Content =
  | string
  | readonly string[]
  | { readonly latin1: string }
  | { readonly head?: string; readonly repeat: string; readonly times: number; readonly tail?: string };

export const casesDirectory = join(import.meta.dir, "cases");
export const recordingName = "recorded.json";
const settingsName = "case.json";

/** Every case, in order of its name. */
export async function loadCases(): Promise<readonly FidelityCase[]> {
  const paths = await Array.fromAsync(new Glob("*/*/**").scan({ cwd: casesDirectory, dot: true }));
  const names = new Set(paths.map((path) => path.split(/[/\\]/).slice(0, 2).join("/")));
  return await Promise.all([...names].sort().map(loadCase));
}

/** Writes the files of a case below `directory`. */
export async function layOut(given: FidelityCase, directory: string): Promise<void> {
  for (const [path, bytes] of given.files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await Bun.write(target, bytes);
  }
}

async function loadCase(name: string): Promise<FidelityCase> {
  const directory = join(casesDirectory, name);
  const settings = await readSettings(join(directory, settingsName));
  const files = new Map<string, Uint8Array>();
  for await (const path of new Glob("**").scan({ cwd: directory, dot: true, absolute: true })) {
    const inside = relative(directory, path);
    if (inside !== settingsName && inside !== recordingName) files.set(inside, await Bun.file(path).bytes());
  }
  for (const [path, content] of Object.entries(settings.files ?? {})) files.set(path, bytesOf(content));
  return {
    name,
    args: (settings.args ?? ["main.py"]).map(textOf),
    stdin: bytesOf(settings.stdin ?? ""),
    files,
    ignore: settings.ignore ?? {},
  };
}

async function readSettings(path: string): Promise<CaseFile> {
  const file = Bun.file(path);
  return (await file.exists()) ? ((await file.json()) as CaseFile) : {};
}

function bytesOf(content: Content): Uint8Array {
  if (typeof content === "object" && "latin1" in content) return new Uint8Array(Buffer.from(content.latin1, "latin1"));
  if (typeof content === "object" && "repeat" in content) {
    return new TextEncoder().encode((content.head ?? "") + content.repeat.repeat(content.times) + (content.tail ?? ""));
  }
  return new TextEncoder().encode(textOf(content));
}

function textOf(content: string | readonly string[]): string {
  return typeof content === "string" ? content : content.join("\n");
}
