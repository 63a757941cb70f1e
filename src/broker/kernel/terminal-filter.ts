import {
  BACKSLASH,
  BEL,
  byteAt,
  CAN,
  CSI,
  codeAt,
  codeOf,
  DEL,
  ESC,
  INCOMPLETE,
  ST,
  SUB,
  widthAt,
} from "./terminal-codes.ts";
import {
  controlPasses,
  escapePasses,
  type Head,
  isInlineGraphics,
  isMarkOrInlineImage,
  isPassedCommand,
  isProgress,
  isSixel,
} from "./terminal-policy.ts";

/**
 * Lets a stranger's program draw on the user's terminal, and no more than draw: what reaches the clipboard, files
 * or printers, what makes the terminal type text that the program chose, and what changes how the terminal reads
 * its input is dropped. The rest passes byte for byte.
 *
 * Terminals differ in what ends a sequence, so nothing here rests on one reading:
 * - A sequence is held back until it is judged and then passes whole or not at all; a string is judged by its
 *   beginning, and what passes of it after that may be read as text without harm.
 * - Every ESC starts a sequence anew, wherever it stands.
 * - A passed string that another sequence cuts off is closed first, lest it swallow what follows when that
 *   other sequence is dropped.
 *
 * Text is UTF-8. C1 controls count as the 7-bit forms that they stand for, as characters and as single bytes
 * outside valid UTF-8. In a terminal set to another encoding half a character may be a C1 control: not caught.
 *
 * Sources: xterm's ctlseqs, vt100.net/emu/dec_ansi_parser, and the documents of kitty, iTerm2, ConEmu, tmux.
 */
export class TerminalFilter {
  /** The end of what was given last, as long as it is undecided: no more than twice HELD_LIMIT_BYTES. */
  #held: Uint8Array = NOTHING;
  #string: OpenString | null = null;

  /** What may be shown now. It may be the given array or a part of it; plain text always is. */
  filter(bytes: Uint8Array): Uint8Array {
    const input = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const output = new Selection(input);
    let at = 0;
    while (at < input.length) {
      const next =
        this.#string === null ? this.#readGround(input, at, output) : this.#readString(input, at, output, this.#string);
      if (next === null) break;
      at = next;
    }
    this.#held = at === input.length ? NOTHING : new Uint8Array(input.subarray(at));
    return output.bytes();
  }

  #readGround(input: Uint8Array, at: number, output: Selection): number | null {
    const end = runEnd(input, at, GROUND_STOPS);
    output.keep(at, end);
    if (end > at) return end;
    const code = codeAt(input, at);
    if (code === INCOMPLETE) return null;
    const verdict = judge(input, at, code);
    if (verdict === null) return null;
    if (verdict.passes) output.keep(at, verdict.end);
    else for (const position of verdict.executed) output.keep(position, position + 1);
    if (verdict.opens !== null) {
      const stops = verdict.opens === "]" ? COMMAND_STOPS : STRING_STOPS;
      this.#string = { passes: verdict.passes, stops, droppedBytes: 0 };
    }
    return verdict.end;
  }

  #readString(input: Uint8Array, at: number, output: Selection, string: OpenString): number | null {
    const end = runEnd(input, at, string.stops);
    if (end > at) return this.#continueString(at, end, output, string);
    const code = codeAt(input, at);
    if (code === INCOMPLETE || (code === ESC && at + 1 === input.length)) return null;
    this.#string = null;
    const isTerminator = code === ESC ? byteAt(input, at + 1) === BACKSLASH : !INTRODUCERS.has(code);
    if (!isTerminator) {
      if (string.passes) output.closeString();
      return at;
    }
    const next = code === ESC ? at + 2 : at + widthAt(input, at);
    if (string.passes) output.keep(at, next);
    return next;
  }

  #continueString(at: number, end: number, output: Selection, string: OpenString): number {
    if (string.passes) {
      output.keep(at, end);
      return end;
    }
    const dropped = Math.min(end - at, DROP_LIMIT_BYTES - string.droppedBytes);
    string.droppedBytes += dropped;
    if (string.droppedBytes === DROP_LIMIT_BYTES) this.#string = null;
    return at + dropped;
  }
}

/** No sequence that passes is longer before it can be judged; a longer one is dropped. */
const HELD_LIMIT_BYTES = 4096;

/**
 * So much of a string that was never ended is dropped, then what follows shows as text. Some terminals go on
 * for ever, others stop like this; text cannot do harm, while output lost without a trace can.
 */
const DROP_LIMIT_BYTES = 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** ESC and, among the C1 controls, DCS, SOS, CSI, OSC, PM and APC. */
const INTRODUCERS = new Set([ESC, 0x90, 0x98, CSI, 0x9d, 0x9e, 0x9f]);

const GROUND_STOPS = stopsAt(...INTRODUCERS, INCOMPLETE);
const STRING_STOPS = stopsAt(...INTRODUCERS, INCOMPLETE, CAN, SUB, ST);
const COMMAND_STOPS = stopsAt(...INTRODUCERS, INCOMPLETE, CAN, SUB, ST, BEL);

function stopsAt(...codes: number[]): Uint8Array {
  const stops = new Uint8Array(INCOMPLETE + 1);
  for (const code of codes) stops[code] = 1;
  return stops;
}

/** The string under way. */
interface OpenString {
  readonly passes: boolean;
  readonly stops: Uint8Array;
  droppedBytes: number;
}

/** Parts of `input`, in order. Neighbours are one part, so that what passes whole is not copied. */
class Selection {
  readonly #input: Uint8Array;
  readonly #parts: Uint8Array[] = [];
  #start = 0;
  #end = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  keep(start: number, end: number): void {
    if (start !== this.#end) this.#finishPart(start);
    this.#end = end;
  }

  closeString(): void {
    this.#finishPart(this.#end);
    this.#parts.push(Uint8Array.of(ESC, BACKSLASH));
  }

  bytes(): Uint8Array {
    if (this.#parts.length === 0 && this.#end - this.#start === this.#input.length) return this.#input;
    this.#finishPart(this.#end);
    const [first = NOTHING, ...others] = this.#parts;
    return others.length === 0 ? first : Buffer.concat(this.#parts);
  }

  #finishPart(nextStart: number): void {
    if (this.#end > this.#start) this.#parts.push(this.#input.subarray(this.#start, this.#end));
    this.#start = nextStart;
    this.#end = nextStart;
  }
}

/** What becomes of the sequence, or of the beginning of a string, that stands before `end`. */
interface Verdict {
  readonly end: number;
  readonly passes: boolean;
  /** Controls inside it that a terminal carries out at once: they remain when the sequence is dropped. */
  readonly executed: readonly number[];
  /** The 7-bit introducer of the string that goes on after `end`. */
  readonly opens: string | null;
}

/** Null as long as more of the input is needed. */
function judge(input: Uint8Array, at: number, introducer: number): Verdict | null {
  const start = at + widthAt(input, at);
  if (introducer !== ESC) {
    const verdict = judgeIntroduced(input, start, String.fromCharCode(introducer - 0x40), []);
    return verdict && { ...verdict, passes: verdict.passes && !mayBeEscape(input, at) };
  }
  const sequence = readSequence(input, start, 0x30);
  if (sequence === null) return null;
  const { body, end, executed } = sequence;
  if (body !== null && "[]P_X^".includes(body)) return judgeIntroduced(input, end, body, executed);
  return { end, passes: body !== null && escapePasses(body), executed, opens: null };
}

/**
 * To a careless decoder a byte 9B ends an overlong ESC when the byte before it is C0, or was when what stood
 * between them is dropped. So it passes only before what does no harm after ESC either.
 */
function mayBeEscape(input: Uint8Array, at: number): boolean {
  return byteAt(input, at) === CSI && !/[0-OQ-WYZ`-|~]/.test(String.fromCharCode(byteAt(input, at + 1)));
}

function judgeIntroduced(
  input: Uint8Array,
  start: number,
  introducer: string,
  before: readonly number[],
): Verdict | null {
  if (introducer !== "[") {
    const opening = judgeOpening(input, start, introducer);
    return opening && { ...opening, executed: before, opens: introducer };
  }
  const control = readSequence(input, start, 0x40);
  if (control === null) return null;
  const { body, end } = control;
  const executed = [...before, ...control.executed];
  return { end, passes: body !== null && controlPasses(body), executed, opens: null };
}

/** `body`: without what terminals execute or ignore inside; null when something ended the sequence early. */
interface Sequence {
  readonly end: number;
  readonly body: string | null;
  readonly executed: readonly number[];
}

function readSequence(input: Uint8Array, start: number, firstFinal: number): Sequence | null {
  const executed: number[] = [];
  let body = "";
  for (let at = start; at < input.length; at++) {
    const code = codeAt(input, at);
    if (code === INCOMPLETE) return null;
    if (code === CAN || code === SUB) return { end: at + 1, body: null, executed };
    if (code === ESC || code > DEL || at - start === HELD_LIMIT_BYTES) return { end: at, body: null, executed };
    if (code < 0x20) executed.push(at);
    else if (code !== DEL) body += String.fromCharCode(code);
    if (code >= firstFinal && code !== DEL) return { end: at + 1, body, executed };
  }
  return null;
}

interface Opening {
  readonly end: number;
  readonly passes: boolean;
}

/** Null as long as more of the input is needed. Numbers and names count only as they are usually written. */
function judgeOpening(input: Uint8Array, start: number, introducer: string): Opening | null {
  switch (introducer) {
    case "]":
      return judgeCommand(input, start);
    case "P":
      return judgeHead(readHead(input, start, isParameter), isSixel);
    case "_":
      return judgeHead(readHead(input, start, isPrintableBefore(";")), isInlineGraphics);
    default:
      return { end: start, passes: false };
  }
}

function judgeCommand(input: Uint8Array, start: number): Opening | null {
  const number = readHead(input, start, isDigit);
  if (number?.text === "9") return judgeHead(readHead(input, start, isParameter), isProgress);
  if (number?.text === "1337") return judgeHead(readHead(input, start, isPrintableBefore(":")), isMarkOrInlineImage);
  return judgeHead(number, isPassedCommand);
}

function judgeHead(head: Head | null, passes: (head: Head) => boolean): Opening | null {
  return head && { end: head.end, passes: passes(head) };
}

function readHead(input: Uint8Array, start: number, belongs: (byte: number) => boolean): Head | null {
  const limit = Math.min(start + HELD_LIMIT_BYTES, input.length);
  let end = start;
  let text = "";
  for (; end < limit && belongs(byteAt(input, end)); end++) text += String.fromCharCode(byteAt(input, end));
  const delimiter = end === input.length ? INCOMPLETE : codeAt(input, end);
  return delimiter === INCOMPLETE ? null : { text, end, delimiter };
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isParameter(byte: number): boolean {
  return isDigit(byte) || byte === codeOf(";");
}

function isPrintableBefore(delimiter: string): (byte: number) => boolean {
  return (byte) => byte >= 0x20 && byte < DEL && byte !== codeOf(delimiter);
}

/** The first position from `at` on whose code is one of `stops`. */
function runEnd(bytes: Uint8Array, at: number, stops: Uint8Array): number {
  let end = at;
  while (end < bytes.length) {
    const byte = byteAt(bytes, end);
    if (stops[byte < 0x80 ? byte : codeAt(bytes, end)] === 1) break;
    end += byte < 0x80 ? 1 : widthAt(bytes, end);
  }
  return end;
}
