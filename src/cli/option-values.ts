import { UsageError } from "../errors.ts";

export const KILOBYTE = 1024;
export const MEGABYTE = 1024 * KILOBYTE;
export const LARGEST_TOTAL_MB = 1_000_000_000;
const LONGEST_SECONDS = 1_000_000;

export const counted = (_: unknown, before: number) => before + 1;
export const collected = (value: string, before: string[] = []) => [...before, value];

/** Seconds, which may have a fraction. */
export function secondsOf(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || !(value > 0 && value <= LONGEST_SECONDS)) {
      throw new UsageError(
        `${option} takes seconds, more than 0 and at most ${LONGEST_SECONDS}, not '${text}'`,
        `for example ${option} 2.5`,
      );
    }
    return value;
  };
}

export function wholeNumber(
  option: string,
  what: string,
  [least, most]: readonly [number, number],
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new UsageError(
        `${option} takes ${what} from ${least} to ${most}, not '${text}'`,
        `for example ${option} ${Math.max(least, 512)}`,
      );
    }
    return value;
  };
}

/** One of a few words, in the order in which the message has them. */
export function oneOf<Word extends string>(option: string, words: readonly [Word, ...Word[]]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    const [last, ...others] = words.toReversed();
    const choice = others.length === 0 ? last : `${others.toReversed().join(", ")} or ${last}`;
    throw new UsageError(`${option} takes ${choice}, not '${text}'`, `for example ${option} ${words[0]}`);
  };
}

export function cachePath(text: string): string {
  if (text !== "") return text;
  throw new UsageError("--pyodide-cache takes a directory, not nothing", "is the variable that it comes from set?");
}
