import { readFile } from "node:fs/promises";
import { WomaError } from "../../errors.ts";

/** A file of pip's or uv's settings. */
export interface SettingsFile {
  readonly path: string;
  readonly tool: "pip" | "uv";
  /** The variable that names it; null for one that is looked for in any case. */
  readonly namedBy: string | null;
}

/** Empty where there is none. Throws WomaError when one that the user named cannot be read. */
export async function readSettings({ path, tool, namedBy }: SettingsFile): Promise<string> {
  try {
    return (await readFile(path, "utf8")).replace(/^\ufeff/, "");
  } catch (cause) {
    if (namedBy === null) return "";
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    throw new WomaError(`cannot read ${tool}'s configuration file ${path}: ${REASONS[code] ?? code}`, {
      hint: `${namedBy} names it`,
      cause,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
};

/**
 * A file that cannot be understood may name an index for what is nobody else's to know of: it is not passed over. What
 * stands in it may be a password, and is not shown.
 */
export function brokenSettings({ path, tool }: SettingsFile, what: string): WomaError {
  const without = { pip: "PIP_CONFIG_FILE=/dev/null", uv: "UV_NO_CONFIG=1" }[tool];
  return new WomaError(`cannot use ${tool}'s configuration file ${path}: ${what}`, {
    hint: `put it right; with ${without} none of ${tool}'s is read`,
  });
}
