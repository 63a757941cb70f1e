import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Library } from "./library.ts";

export const programsDirectory = join(import.meta.dir, "programs");

/** The sentences of a library's behaviours, in the order of its files. */
export function behavioursOf({ program, shares = [], leftOut = {} }: Library): string[] {
  const all = [...shares, program].flatMap(sentencesIn);
  const unknown = Object.keys(leftOut).filter((sentence) => !all.includes(sentence));
  if (unknown.length > 0) throw new Error(`left out of ${program}, but not there: ${unknown.join("; ")}`);
  const twice = all.filter((sentence, index) => all.indexOf(sentence) !== index);
  if (twice.length > 0) throw new Error(`twice in ${program}: ${twice.join("; ")}`);
  return all.filter((sentence) => !(sentence in leftOut));
}

function sentencesIn(program: string): string[] {
  const text = readFileSync(join(programsDirectory, `${program}.py`), "utf8");
  return [...text.matchAll(/^@(?:suite|own)\("(.*)"\)$/gm)].map(([, sentence]) => sentence ?? "");
}
