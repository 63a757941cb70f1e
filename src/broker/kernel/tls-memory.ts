import type { ErrnoName } from "../../protocol/messages.ts";
import type { KernelObject } from "./objects.ts";
import type { TlsEngine } from "./tls-engine.ts";

/** What one step of an engine is given. */
export interface TlsStep {
  readonly ciphertext: Uint8Array;
  readonly plaintext: Uint8Array;
  /** The peer sends nothing after this ciphertext. */
  readonly ended: boolean;
  /** Nothing more is sent to the peer after this plaintext. */
  readonly close: boolean;
}

export interface TlsStepOutcome {
  /** How much of the ciphertext was taken. */
  readonly consumed: number;
  /** How much of the plaintext was. */
  readonly written: number;
}

/** TLS between two buffers of a program's, which carries the ciphertext itself. */
export class TlsMemory implements KernelObject {
  readonly kind = "device";
  constructor(readonly engine: TlsEngine) {}

  step({ ciphertext, plaintext, ended, close }: TlsStep): TlsStepOutcome {
    const { engine } = this;
    const consumed = engine.receive(ciphertext, LARGEST_STEP_BYTES);
    if (ended && engine.plaintextBytes < LARGEST_STEP_BYTES) engine.end();
    let written = 0;
    if (plaintext.length > 0 && engine.state === "open" && !engine.closed && !engine.encrypting) {
      engine.write(plaintext);
      written = plaintext.length;
    }
    if (close && engine.state === "open") engine.close();
    return { consumed, written };
  }

  /** Whether what the last step leads to has come; else it comes a moment later. */
  get isSettled(): boolean {
    const { engine } = this;
    return engine.state === "open" && !engine.settling && (engine.plaintextBytes > 0 || engine.hasCiphertext);
  }

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

  close(): void {
    this.engine.destroy();
  }
}

/** Plaintext that one step gives back at most, but for the rest of a record. */
const LARGEST_STEP_BYTES = 1024 * 1024;
