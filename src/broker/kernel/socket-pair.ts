import type { ErrnoName } from "../../protocol/messages.ts";
import type { KernelObject } from "./objects.ts";
import { createPipe } from "./pipe.ts";

/** The two ends of a new socketpair(2): a pipe each way. */
export function createSocketPair(wake: () => void): { first: KernelObject; second: KernelObject } {
  const [there, back] = [createPipe(wake), createPipe(wake)];
  return { first: new PairEnd(back.reader, there.writer), second: new PairEnd(there.reader, back.writer) };
}

export class PairEnd implements KernelObject {
  readonly kind = "socket";

  constructor(
    private readonly reader: KernelObject,
    private readonly writer: KernelObject,
  ) {}

  read(length: number) {
    return this.reader.read(length);
  }

  write(bytes: Uint8Array) {
    return this.writer.write(bytes);
  }

  readiness(events: number, waiting: boolean): number {
    return this.reader.readiness(events, waiting) | this.writer.readiness(events, waiting);
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  shutdown(how: number): void {
    if (how !== 1) this.reader.close();
    if (how !== 0) this.writer.close();
  }

  close(): void {
    this.shutdown(2);
  }
}
