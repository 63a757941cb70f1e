import type { PackageFile } from "../pyodide-manager/package-file.ts";
import { barLine } from "./bar-line.ts";
import { type DisplayPlace, noteLine, type ProgressDisplay, packageTitle } from "./progress-words.ts";
import { TransferRate } from "./transfer-rate.ts";

/** Time between two drawings; what is over sooner is never drawn. */
const FRAME_MS = 100;

/** A bar for each download that runs, below everything else, redrawn in its place and gone at its end. */
export class ProgressBars implements ProgressDisplay {
  readonly #downloads = new Map<string, Download>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Lines that are on the screen now. The cursor stands at the end of the last. */
  #drawnLines = 0;
  /** The cursor has left the program's own line. */
  #onOwnLine = false;

  constructor(
    private readonly place: DisplayPlace,
    private readonly colour: boolean,
    private readonly now: () => number = () => performance.now(),
  ) {}

  note(text: string): void {
    // A terminal in raw mode takes a line feed for no more than that.
    const line = noteLine(text).replaceAll("\n", "\r\n");
    this.place.write(`${this.#erasure()}${this.#freshLine()}${line}`);
    this.#schedule();
  }

  received(file: PackageFile, bytes: number, total: number | null): void {
    const download = this.#downloads.get(file.sha256) ?? { title: packageTitle(file), rate: new TransferRate() };
    download.rate.add(this.now(), bytes);
    this.#downloads.set(file.sha256, { ...download, bytes, total });
    this.#schedule();
  }

  fetched(file: PackageFile): void {
    this.#downloads.delete(file.sha256);
    if (this.#downloads.size === 0) this.clear();
    else this.#schedule();
  }

  ended(): void {
    this.clear();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#downloads.clear();
    const erasure = this.#erasure();
    this.#onOwnLine = false;
    if (erasure !== "") this.place.write(erasure);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#downloads.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, FRAME_MS);
    // A display keeps no process alive.
    this.#timer.unref();
  }

  #draw(): void {
    const { columns, rows } = this.place.size();
    const now = this.now();
    const shown = [...this.#downloads.values()].slice(0, Math.max(1, rows - 1));
    const titleWidth = Math.max(...shown.map(({ title }) => title.length));
    const lines = shown.map(({ title, rate, bytes, total }) =>
      // A terminal goes to the next line when its last column is written.
      barLine({ title, titleWidth, bytes, total, bytesPerSecond: rate.at(now) }, columns - 1, this.colour),
    );
    this.place.write(`${this.#erasure()}${this.#freshLine()}${lines.join("\r\n")}`);
    this.#drawnLines = lines.length;
  }

  #erasure(): string {
    if (this.#drawnLines === 0) return "";
    const up = this.#drawnLines > 1 ? `\x1b[${this.#drawnLines - 1}A` : "";
    this.#drawnLines = 0;
    return `\r${up}\x1b[J`;
  }

  /** A program's unfinished line stays as it is. */
  #freshLine(): string {
    const open = !this.#onOwnLine && this.place.lineIsOpen();
    this.#onOwnLine = true;
    return open ? "\r\n" : "";
  }
}

interface Download {
  readonly title: string;
  readonly rate: TransferRate;
  readonly bytes: number;
  readonly total: number | null;
}
