import type { ErrnoName, LookupResult } from "../../protocol/messages.ts";
import { type KernelObject, POLLIN } from "./objects.ts";

/** A name that is being looked up: its bytes are the result as JSON, when that has come. */
export class NameLookup implements KernelObject {
  readonly kind = "socket";
  #answer: Uint8Array | null = null;

  constructor(result: Promise<LookupResult>, wake: () => void) {
    void result
      .catch((): LookupResult => ({ kind: "unanswered" }))
      .then((found) => {
        this.#answer = new TextEncoder().encode(JSON.stringify(found));
        wake();
      });
  }

  read(length: number): Uint8Array | undefined {
    const taken = this.#answer?.subarray(0, length);
    this.#answer = this.#answer?.subarray(length) ?? null;
    return taken;
  }

  write(): ErrnoName {
    return "EBADF";
  }

  readiness(events: number): number {
    return this.#answer === null ? 0 : events & POLLIN;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {}
}
