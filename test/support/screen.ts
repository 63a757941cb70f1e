/** What a person in front of a terminal sees: the part of a VT100 that line editors use. */
export class Screen {
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #top = 0;
  #pending = "";

  constructor(
    public columns: number,
    public rows: number,
  ) {}

  /** Everything shown since the start, scrolled off or not, without trailing blanks and empty last lines. */
  get text(): string {
    return this.#lines.map(asText).join("\n").trimEnd();
  }

  /** The line that the cursor is on, up to the cursor. */
  get beforeCursor(): string {
    const line = this.#lines[this.#row] ?? [];
    return Array.from({ length: this.#column }, (_, index) => line[index] ?? " ").join("");
  }

  /** The line that the cursor is on. */
  get cursorLine(): string {
    return asText(this.#lines[this.#row] ?? []);
  }

  write(text: string): void {
    let rest = this.#pending + text;
    for (;;) {
      const token = TOKEN.exec(rest);
      if (!token) break;
      rest = rest.slice(token[0].length);
      this.#apply(token[0], token.groups ?? {});
    }
    this.#pending = rest;
  }

  #apply(token: string, { parameters, final, short }: Record<string, string | undefined>): void {
    if (final !== undefined) this.#control(parameters ?? "", final);
    else if (short !== undefined) this.#escape(short);
    else if (token === "\r") this.#column = 0;
    else if (token === "\n") this.#lineFeed();
    else if (token === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (token === "\t") this.#column = Math.min(this.columns - 1, (Math.floor(this.#column / 8) + 1) * 8);
    else if (token >= " ") this.#put(token);
  }

  #put(character: string): void {
    if (this.#column >= this.columns) {
      this.#column = 0;
      this.#lineFeed();
    }
    const line = this.#line();
    while (line.length < this.#column) line.push(" ");
    line[this.#column++] = character;
  }

  #lineFeed(): void {
    this.#row++;
    this.#line();
    this.#top = Math.max(this.#top, this.#row - this.rows + 1);
  }

  #escape(final: string): void {
    if (final === "M") this.#row = Math.max(this.#top, this.#row - 1);
  }

  #control(parameters: string, final: string): void {
    if (/^[?>=<]/.test(parameters)) return;
    const [first, second] = parameters.split(";").map((digits) => Number(digits || Number.NaN));
    const count = first || 1;
    const line = this.#line();
    if (final === "A") this.#row = Math.max(this.#top, this.#row - count);
    else if (final === "B") this.#row = Math.min(this.#top + this.rows - 1, this.#row + count);
    else if (final === "C") this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (final === "D") this.#column = Math.max(0, this.#column - count);
    else if (final === "G") this.#column = count - 1;
    else if (final === "d") this.#row = this.#top + count - 1;
    else if (final === "H" || final === "f") [this.#row, this.#column] = [this.#top + count - 1, (second || 1) - 1];
    else if (final === "K") this.#eraseLine(line, first || 0);
    else if (final === "J") this.#eraseScreen(first || 0);
    else if (final === "P") line.splice(this.#column, count);
    else if (final === "@") line.splice(this.#column, 0, ...Array<string>(count).fill(" "));
  }

  #eraseLine(line: string[], how: number): void {
    if (how === 0) line.length = Math.min(line.length, this.#column);
    else for (let index = 0; index < line.length; index++) if (how === 2 || index <= this.#column) line[index] = " ";
  }

  #eraseScreen(how: number): void {
    if (how === 0) {
      this.#line().length = Math.min(this.#line().length, this.#column);
      this.#lines.length = this.#row + 1;
    } else if (how === 2) {
      for (let row = this.#top; row < this.#lines.length; row++) this.#lines[row] = [];
    }
  }

  #line(): string[] {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    return this.#lines[this.#row] ?? [];
  }
}

function asText(line: readonly string[]): string {
  return Array.from(line, (character) => character ?? " ")
    .join("")
    .trimEnd();
}

// One control sequence, operating-system command, two-character escape or plain character.
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are its subject
  /^(?:\x1b\[(?<parameters>[0-9;:?>=<!]*)[ -/]*(?<final>[@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Z]|\x1b(?<short>[^[\]()])|[^\x1b])/su;
