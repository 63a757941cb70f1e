import type { Plan } from "../pyodide-manager/resolve/resolve.ts";
import { countOf, formatBytes } from "./amounts.ts";
import { harmless } from "./harmless.ts";
import { formatTable } from "./table.ts";

/** What is to be had from where, for people: a table, and a line with the totals. `cached` are bytes by sha256. */
export function planTable({ packages }: Plan, cached: ReadonlyMap<string, number>): string {
  if (packages.length === 0) return "nothing to install: all of it is part of woma\n";
  const rows = packages.map(({ file, why }) => {
    const bytes = cached.get(file.sha256) ?? file.bytes;
    const state = cached.has(file.sha256) ? "in the cache" : "to be fetched";
    return [`${file.name} ${file.version}`, bytes === null ? "?" : formatBytes(bytes), why, state].map(harmless);
  });
  return formatTable([["package", "size", "from", ""], ...rows], [1]) + totals({ packages }, cached);
}

function totals({ packages }: Pick<Plan, "packages">, cached: ReadonlyMap<string, number>): string {
  const missing = packages.filter(({ file }) => !cached.has(file.sha256));
  const all = countOf(packages.length, "package");
  if (missing.length === 0) return `${all}, in the cache already\n`;
  const known = missing.flatMap(({ file }) => file.bytes ?? []);
  const sum = formatBytes(known.reduce((total, bytes) => total + bytes, 0));
  const size = known.length === missing.length ? ` (${sum})` : known.length > 0 ? ` (more than ${sum})` : "";
  const present = packages.length - missing.length;
  return `${all}: ${present} in the cache, ${missing.length} to be fetched${size}\n`;
}
