import { UsageError } from "../errors.ts";
import { shellWord } from "./shell-word.ts";

/** What stands between the commas of `flag=value`. Throws UsageError where there is nothing; `noun` is for its text. */
export function splitItems(flag: string, value: string, noun: string): readonly string[] {
  return refuseEmpty(value.split(","), `${flag}=${shellWord(value)}`, noun);
}

/** Paths can hold commas: `,,` is a comma of a path, as deno has it; pairs are taken from the left. */
export function splitPaths(flag: string, value: string): readonly string[] {
  const items: string[] = [];
  let item = "";
  for (const part of value.match(/,,|,|[^,]+/g) ?? []) {
    if (part === ",") {
      items.push(item);
      item = "";
    } else item += part === ",," ? "," : part;
  }
  return refuseEmpty([...items, item], `${flag}=${shellWord(value)}`, "path");
}

/** `flag` with this path alone, as it can be typed. */
export function pathFlag(flag: string, path: string): string {
  return `${flag}=${shellWord(path.replaceAll(",", ",,"))}`;
}

function refuseEmpty(items: readonly string[], given: string, noun: string): readonly string[] {
  if (!items.includes("")) return items;
  if (items.length === 1) {
    throw new UsageError(`${given}: nothing where a ${noun} should be`, "is the variable that it comes from set?");
  }
  throw new UsageError(
    `${given}: a comma without a ${noun} on both sides`,
    noun === "path" ? "write ',,' for a comma in a path" : `put one comma between two ${noun}s`,
  );
}
