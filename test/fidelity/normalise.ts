/**
 * Makes the output of two machines comparable, and no more: whatever is not named here must be equal to the byte.
 * The recorder runs python3 through a link named `woma`, so that the program's name needs no rule, only its directory.
 */
export function normalise(text: string, directory: string): string {
  return RULES.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    text.replaceAll(directory, "<dir>"),
  );
}

const RULES: readonly (readonly [RegExp, string])[] = [
  // Where the standard library lies: /usr/lib/python3.14/json/tool.py, /lib/python314.zip/json/tool.py.
  [/\/(?:[^\s"':]+\/)?lib\/python3(?:\.\d+|\d+\.zip)\//g, "<stdlib>/"],
  // Its line numbers move with every patch release; those of the script's own frames never do.
  [/^([\s|+-]*File "<(?:stdlib>\/[^"]*|frozen [\w.]+>)", line )\d+/gm, "$1#"],
  [/^((?:<stdlib>\/\S+\.py|<frozen [\w.]+>):)\d+(?=: \w+Warning: )/gm, "$1#"],
  // The directory of the program in front of its own name: usage, "can't open file", "No module named".
  [/^(usage: )?\/\S+\/woma(?=: | \[option\])/gm, "$1woma"],
  // Addresses of objects without a repr of their own.
  [/\bat 0x[0-9a-f]+/g, "at 0x…"],
  // Names that tempfile draws.
  [/\btmp[a-z0-9_]{8}/g, "tmp########"],
  // What a clock measured: unittest's summary, timeit's result.
  [/^(Ran \d+ tests? in )\d+\.\d+s$/gm, "$1#s"],
  [/^(\d+ loops?, best of \d+: )[\d.]+ \w+(?= per loop$)/gm, "$1#"],
];
