import { BEL, codeOf, ESC, ST } from "./terminal-codes.ts";

/** What a string begins with, and the code that follows it. */
export interface Head {
  readonly text: string;
  readonly end: number;
  readonly delimiter: number;
}

/**
 * Of the longer ones, only character sets, line sizes, 7-bit replies and UTF-8 pass: `ESC % @` leaves UTF-8, `ESC $`
 * starts a multi-byte set, `ESC SP G` asks for 8-bit replies, `ESC !` is a string to GNU screen.
 * Of the short ones, `ESC }` opens Terminology's own commands.
 */
export function escapePasses(body: string): boolean {
  return /^(?:[0-|~]|#[0-~]|[(-+\--/][ -/]*[0-~]| F|%G)$/.test(body);
}

export function controlPasses(body: string): boolean {
  const match = /^([<-?]?)([\d:;]*)([ -/]*)([@-~])$/.exec(body);
  if (match === null) return false;
  const [, prefix = "", parameters = "", intermediates = "", final = ""] = match;
  switch (intermediates + final) {
    // The Linux console takes one more character after it.
    case "[":
    // DECRQTSR, DECRQPSR, DECRQCRA and DECINVM: reports of what is on the screen or was set up, macros.
    case "$u":
    case "$w":
    case "*y":
    case "*z":
      return false;
    // The window's titles, typed back.
    case "t":
      return !numbersOf(parameters.split(";")[0]).some((number) => number === 20 || number === 21);
    // VT52 and Tektronix modes: other sequences then, with printing and writing of files among them.
    case "h":
      return prefix !== "?" || !numbersOf(parameters).includes(38);
    case "l":
      return prefix !== "?" || !numbersOf(parameters).includes(2);
    case "r":
      return prefix !== "?" || !numbersOf(parameters).some((number) => number === 2 || number === 38);
    // Media copy, whatever stands before the letter.
    default:
      return final !== "i";
  }
}

/** As a terminal may compute them that counts in 16, 32 or 64 bits without a check. */
function numbersOf(parameters = ""): number[] {
  return parameters.split(/[:;]/).map((digits) => Number(BigInt(digits) % 65536n));
}

/** Titles, directory, links, colours with their queries (the replies hold only colours), prompt marks. */
const PASSED_COMMANDS = new Set("0 1 2 4 5 7 8 10 11 12 13 14 15 16 17 18 19 133 633".split(" "));
const COLOUR_RESETS = new Set("104 105 110 111 112 113 114 115 116 117 118 119".split(" "));

export function isSixel({ delimiter }: Head): boolean {
  return delimiter === codeOf("q");
}

/** Kitty's: pixels come in the string itself, never from a file that the terminal reads, and may delete. */
export function isInlineGraphics({ text, delimiter }: Head): boolean {
  if (!text.startsWith("G") || !(delimiter === codeOf(";") || delimiter === ESC)) return false;
  const pairs = text.slice(1).split(",");
  return pairs.every((pair) => /^(?:t=d|[A-Za-su-z]=-?\w*)?$/.test(pair));
}

/** ConEmu's progress. Every other OSC 9 is a notification, or worse: a sleep, a message box, a macro. */
export function isProgress({ text, delimiter }: Head): boolean {
  return /^9;4(?:;\d*)*$/.test(text) && endsEverywhere(delimiter);
}

/** ITerm2's: what is not inline is a download. */
export function isMarkOrInlineImage({ text, delimiter }: Head): boolean {
  if (delimiter !== codeOf(":")) return text === "1337;SetMark" && endsEverywhere(delimiter);
  const [, settings] = /^1337;File=(.*)$/.exec(text) ?? [];
  const inline = settings?.split(";").filter((setting) => /inline/i.test(setting)) ?? [];
  return inline.length > 0 && inline.every((setting) => setting === "inline=1");
}

export function isPassedCommand({ text, delimiter }: Head): boolean {
  if (delimiter === codeOf(";")) return PASSED_COMMANDS.has(text) || COLOUR_RESETS.has(text);
  return COLOUR_RESETS.has(text) && (delimiter === ST || endsEverywhere(delimiter));
}

/** Not ST as a C1 control, nor CAN: to terminals that ignore them what follows is a part of the beginning. */
function endsEverywhere(delimiter: number): boolean {
  return delimiter === BEL || delimiter === ESC;
}
