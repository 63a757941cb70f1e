import { isatty } from "node:tty";
import type { TerminalStyle } from "../config.ts";
import { formatBytes } from "./amounts.ts";
import { ProgressBars } from "./progress-bars.ts";
import { noteLine, type ProgressDisplay, packageTitle } from "./progress-words.ts";

/** Bars on a terminal, else a line for each package, and nothing for those who want it quiet. */
export function openProgressDisplay(
  { colour, movable }: TerminalStyle,
  quiet: boolean,
  lineIsOpen: () => boolean = () => false,
): ProgressDisplay {
  if (quiet) return { note: () => {}, received: () => {}, fetched: () => {}, clear: () => {} };
  const place = { write: (text: string) => void process.stderr.write(text), size: terminalSize, lineIsOpen };
  return isatty(2) && movable ? new ProgressBars(place, colour) : progressLines(place.write);
}

/** Without a terminal to draw on. */
export function progressLines(write: (text: string) => void): ProgressDisplay {
  return {
    note: (text) => write(noteLine(text)),
    received: () => {},
    fetched: (file, bytes) => write(`woma: fetched ${packageTitle(file)} (${formatBytes(bytes)})\n`),
    clear: () => {},
  };
}

function terminalSize(): { columns: number; rows: number } {
  const [columns, rows] = process.stderr.getWindowSize();
  return { columns: columns || 80, rows: rows || 24 };
}
