import { formatMegabytes, formatSeconds } from "./amounts.ts";

export interface BarState {
  readonly title: string;
  /** That of the longest title beside it. */
  readonly titleWidth: number;
  readonly bytes: number;
  readonly total: number | null;
  readonly bytesPerSecond: number | null;
}

const LONGEST_TITLE = 28;
const LONGEST_BAR = 30;
const SHORTEST_BAR = 8;
/** That of `12 min 34 s`. */
const REMAINING_WIDTH = 11;

/** One download in at most `width` columns: `numpy 2.4.3 ━━━━━━╸      1.7/2.9 MB  3.1 MB/s  4 s`; what does not fit is left out. */
export function barLine(state: BarState, width: number, colour: boolean): string {
  const titleWidth = Math.min(state.titleWidth, LONGEST_TITLE);
  const title = shortened(state.title, titleWidth).padEnd(titleWidth);
  const figures = [amount(state), rate(state), remaining(state)];
  for (let count = figures.length; count > 0; count--) {
    const words = figures.slice(0, count).join("  ");
    const room = width - title.length - words.length - 2;
    if (room < SHORTEST_BAR && count > 1) continue;
    if (room < SHORTEST_BAR) break;
    return `${title} ${bar(state, Math.min(room, LONGEST_BAR), colour)} ${words}`;
  }
  return shortened(`${title.trimEnd()} ${amount(state).trim()}`, Math.max(1, width));
}

function amount({ bytes, total }: BarState): string {
  if (total === null) return `${formatMegabytes(bytes)} MB`.padStart(14);
  return `${formatMegabytes(Math.min(bytes, total))}/${formatMegabytes(total)} MB`.padStart(14);
}

function rate({ bytesPerSecond }: BarState): string {
  return (bytesPerSecond === null ? "" : `${formatMegabytes(bytesPerSecond)} MB/s`).padStart(9);
}

function remaining({ bytes, total, bytesPerSecond }: BarState): string {
  if (total === null || bytesPerSecond === null || bytesPerSecond <= 0) return "".padStart(REMAINING_WIDTH);
  return formatSeconds(Math.max(0, total - bytes) / bytesPerSecond).padStart(REMAINING_WIDTH);
}

/** Readable without colour too. */
function bar({ bytes, total }: BarState, width: number, colour: boolean): string {
  const done = total === null || total === 0 ? 0 : Math.min(1, bytes / total);
  const halves = Math.floor(done * width * 2);
  const full = "━".repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? "╸" : "");
  const rest = " ".repeat(width - full.length);
  return colour && full !== "" ? `\x1b[32m${full}\x1b[0m${rest}` : full + rest;
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
