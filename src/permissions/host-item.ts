import { UsageError } from "../errors.ts";
import { shellWord } from "./shell-word.ts";

/** One HOST[:PORT] of a flag's value, while it is parsed. */
export interface HostItem {
  readonly flag: "--allow-net" | "--deny-net";
  readonly text: string;
}

/** The flag with this one host, or with `text` in its place. */
export function hostFlag({ flag, text }: HostItem): string {
  return `${flag}=${shellWord(text)}`;
}

export function refusal(item: HostItem, reason: string, hint: string): UsageError {
  return new UsageError(`${hostFlag(item)}: ${reason}`, hint);
}

/** A hint with what to write in the item's place. */
export function write(item: HostItem, ...texts: string[]): string {
  return `write ${texts.map((text) => hostFlag({ ...item, text })).join(" or ")}`;
}
