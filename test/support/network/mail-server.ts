import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nativePython } from "../native-python.ts";
import { scratchDirectory } from "../woma.ts";
import type { Certificate } from "./certificates.ts";

/** A server of mail/ in a process of its own; in Python, since a connection there can turn to TLS midway. */
export class MailServer implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly tlsPort: number,
    private readonly resources: AsyncDisposableStack,
  ) {}

  static async start(kind: "smtp" | "ftp" | "imap", { certificate, key }: Certificate): Promise<MailServer> {
    await using starting = new AsyncDisposableStack();
    const { path } = starting.use(await scratchDirectory());
    await writeFile(join(path, "server.pem"), `${certificate}${key}`);
    const python = await nativePython();
    if (python === undefined) throw new Error("no python3");
    const script = join(import.meta.dir, "mail", `${kind}_server.py`);
    const child = Bun.spawn([python, "-B", script, join(path, "server.pem")], { stdin: "pipe", stdout: "pipe" });
    starting.defer(async () => {
      // It ends with its standard input, and so with this process however that ends.
      child.stdin.end();
      await child.exited;
    });
    const [port, tlsPort] = JSON.parse(await firstLine(child.stdout)) as [number, number];
    return new MailServer(port, tlsPort, starting.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes("\n")) return text;
  }
  throw new Error("the server said nothing");
}
