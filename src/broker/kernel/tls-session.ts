import type { ErrnoName } from "../../protocol/messages.ts";
import type { KernelObject } from "./objects.ts";

/** What a server gave to make a later connection shorter. It stays here: what a program sends is never read as one. */
export class TlsSession implements KernelObject {
  readonly kind = "device";

  constructor(readonly bytes: Buffer) {}

  read(): ErrnoName {
    return "EBADF";
  }

  write(): ErrnoName {
    return "EBADF";
  }

  readiness(): number {
    return 0;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {}
}
