import { builtBinary } from "./binary.ts";
import { eventually } from "./processes.ts";
import { Screen } from "./screen.ts";
import { scratchDirectory } from "./woma.ts";

export interface TerminalOptions {
  readonly env?: Record<string, string>;
  /** Kept when given, so that a second session can share it; else an empty one of its own. */
  readonly home?: string;
  /** The command in place of woma; "{woma}" stands for the binary. */
  readonly command?: readonly string[];
}

/** A program on a terminal of its own, with keys to press and a screen to look at. */
export class Terminal implements AsyncDisposable {
  readonly screen = new Screen(80, 24);
  /** The bytes as they came, for what a screen does not show. */
  raw = "";

  private constructor(
    readonly child: Bun.Subprocess,
    readonly home: string,
    private readonly removeHome: () => PromiseLike<void>,
  ) {}

  static async open(args: readonly string[], options: TerminalOptions = {}): Promise<Terminal> {
    const scratch = await scratchDirectory();
    const home = options.home ?? scratch.path;
    const binary = await builtBinary();
    const decoder = new TextDecoder();
    const shown: { terminal?: Terminal; early: string } = { early: "" };
    const child = Bun.spawn(
      (options.command ?? ["{woma}", ...args]).map((word) => word.replaceAll("{woma}", binary)),
      {
        cwd: home,
        env: { PATH: process.env["PATH"] ?? "", HOME: home, TERM: "xterm-256color", ...options.env },
        // Only these inline options make it the child's controlling terminal, as Ctrl-C needs.
        terminal: {
          cols: 80,
          rows: 24,
          data: (_terminal, data) => {
            const text = decoder.decode(data, { stream: true });
            if (shown.terminal) shown.terminal.#show(text);
            else shown.early += text;
          },
        },
      },
    );
    const terminal = new Terminal(child, home, () => scratch[Symbol.asyncDispose]());
    shown.terminal = terminal;
    terminal.#show(shown.early);
    return terminal;
  }

  /** Keys as they are pressed: "\r" is Enter, "\x03" Ctrl-C, "\x04" Ctrl-D, "\x1b[A" arrow up. */
  press(keys: string): void {
    this.child.terminal?.write(keys);
  }

  /** Waits until the screen matches. */
  async shows(what: string | RegExp, timeoutMs = 20_000): Promise<void> {
    const matches = () => (typeof what === "string" ? this.screen.text.includes(what) : what.test(this.screen.text));
    await eventually(`the screen shows ${what}`, matches, timeoutMs).catch((error) => this.#fail(error));
  }

  /** Waits until the cursor stands right after this prompt. */
  async prompts(prompt = ">>> ", timeoutMs = 30_000): Promise<void> {
    const ready = () => this.screen.beforeCursor === prompt && this.screen.cursorLine === prompt.trimEnd();
    await eventually(`the prompt ${prompt}`, ready, timeoutMs).catch((error) => this.#fail(error));
  }

  /** Types one line, sees it echoed, presses Enter, and returns what is shown between it and the next prompt. */
  async enter(line: string, prompt = ">>> "): Promise<string> {
    await this.prompts(prompt);
    const before = this.screen.text.length;
    this.press(line);
    await eventually(`${line} is echoed`, () => this.screen.cursorLine.endsWith(line.trimEnd())).catch((error) =>
      this.#fail(error),
    );
    this.press("\r");
    await this.prompts();
    return this.screen.text.slice(before).split("\n").slice(1, -1).join("\n");
  }

  /** Types a command at a shell's prompt; {woma} in it stands for the binary. */
  async enterInShell(command: string, prompt = "shell> "): Promise<void> {
    await this.prompts(prompt);
    this.press(`${command.replaceAll("{woma}", await builtBinary())}\r`);
  }

  resize(columns: number, rows: number): void {
    [this.screen.columns, this.screen.rows] = [columns, rows];
    this.child.terminal?.resize(columns, rows);
  }

  /** The exit status as a shell would report it; one that does not end is a failure. */
  async ends(timeoutMs = 20_000): Promise<number | string> {
    const ended = await Promise.race([this.child.exited.then(() => true), Bun.sleep(timeoutMs).then(() => false)]);
    if (!ended) this.#fail(new Error(`it still runs after ${timeoutMs} ms`));
    await Bun.sleep(50); // The terminal's last bytes may arrive after the exit.
    return this.child.signalCode ?? this.child.exitCode ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
    this.child.terminal?.close();
    await this.removeHome();
  }

  #show(text: string): void {
    this.raw += text;
    this.screen.write(text);
  }

  #fail(error: Error): never {
    throw new Error(`${error.message}; the screen:\n${this.screen.text}`, { cause: error });
  }
}
