import type { ErrnoName, StreamGrant } from "../../protocol/messages.ts";
import type { KernelObject } from "./objects.ts";

/** How much a program may print, on all its outputs together; `exceeded` is called when it prints more. */
export class OutputAllowance {
  #leftBytes: number;

  constructor(
    maximumBytes: number,
    private readonly exceeded: () => void,
  ) {
    this.#leftBytes = maximumBytes;
  }

  /** How many of these bytes may still be printed. */
  grant(bytes: number): number {
    if (bytes > this.#leftBytes) this.exceeded();
    return Math.min(bytes, this.#leftBytes);
  }

  take(bytes: number): void {
    this.#leftBytes -= bytes;
  }
}

/** An output that takes no more than the allowance. */
export class LimitedOutput implements KernelObject {
  constructor(
    private readonly output: KernelObject,
    private readonly allowance: OutputAllowance,
  ) {}

  get kind(): StreamGrant["kind"] {
    return this.output.kind;
  }

  read(length: number): ReturnType<KernelObject["read"]> {
    return this.output.read(length);
  }

  write(bytes: Uint8Array): ReturnType<KernelObject["write"]> {
    const written = this.output.write(bytes.subarray(0, this.allowance.grant(bytes.length)));
    if (typeof written === "number") this.allowance.take(written);
    return written;
  }

  readiness(events: number, waiting: boolean): number {
    return this.output.readiness(events, waiting);
  }

  control(request: number, argument: number, bytes: Uint8Array): Uint8Array | ErrnoName {
    return this.output.control(request, argument, bytes);
  }

  seek(offset: number, whence: number): number | ErrnoName {
    return this.output.seek?.(offset, whence) ?? "ESPIPE";
  }

  close(): void {
    this.output.close();
  }
}
