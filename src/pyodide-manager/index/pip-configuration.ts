import { brokenSettings, type SettingsFile } from "./settings-file.ts";

/**
 * What the sections that count say, in the syntax of Python's configparser, which pip reads its files with: indented
 * lines continue a value. Throws WomaError, as pip does, for what is nothing of that.
 */
export function parsePipConfiguration(text: string, file: SettingsFile): ReadonlyMap<string, string> {
  const values = new Map<string, { readonly section: string; text: string }>();
  let section: string | null = null;
  let open: { text: string } | null = null;
  let indent = 0;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const stripped = line.trim();
    if (stripped === "" || /^[#;]/.test(stripped)) continue;
    const depth = line.length - line.trimStart().length;
    if (open !== null && depth > indent) {
      open.text += ` ${stripped}`;
      continue;
    }
    indent = depth;
    const header = /^\[(.+)\]/.exec(stripped)?.[1];
    const place = `line ${index + 1}`;
    if (header !== undefined) {
      [section, open] = [header, null];
      continue;
    }
    if (section === null) throw brokenSettings(file, `${place} stands before any [section]`);
    const [, key, value = ""] = /^([^=:]*[^=:\s])\s*[=:]\s*(.*)$/.exec(stripped) ?? [];
    if (key === undefined) throw brokenSettings(file, `${place} is neither a [section] nor 'name = value'`);
    open = { text: value };
    const name = key.replace(/^--/, "").replaceAll("_", "-").toLowerCase();
    // What a section of a command says counts more than what [global] does.
    if (!SECTIONS.includes(section) || (section === "global" && isOfCommand(values.get(name)))) continue;
    const entry = { section, text: value };
    values.set(name, entry);
    open = entry;
  }
  return new Map([...values].map(([name, entry]) => [name, entry.text.trim()]));
}

const SECTIONS = ["global", "install", "download"];

function isOfCommand(entry: { readonly section: string } | undefined): boolean {
  return entry !== undefined && entry.section !== "global";
}
