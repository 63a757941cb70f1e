import { KernelError } from "./errno.ts";
import { TlsContext } from "./tls-context.ts";
import { parseTlsSettings, type TlsSettings } from "./tls-settings.ts";

/** A bundle of all public authorities has 200 KB. */
const LARGEST_SETTINGS_BYTES = 4 * 1024 * 1024;
const LARGEST_IN_ALL_BYTES = 32 * 1024 * 1024;

/** A program's TLS contexts: their settings come in pieces, and what they hold together has a bound. */
export class TlsContexts {
  #pieces: Uint8Array[] = [];
  #receivedBytes = 0;
  #heldBytes = 0;

  /** Takes one piece; the settings with the last one. Throws KernelError when they are too long, or none. */
  receive(piece: Uint8Array, isLast: boolean): TlsSettings | null {
    this.#receivedBytes += piece.length;
    // A copy: a frame's bytes are its own only until the next.
    if (this.#receivedBytes <= LARGEST_SETTINGS_BYTES) this.#pieces.push(piece.slice());
    if (!isLast) return null;
    const isTooLong = this.#receivedBytes > LARGEST_SETTINGS_BYTES;
    const json = Buffer.concat(this.#pieces.splice(0)).toString("utf8");
    this.#receivedBytes = 0;
    if (isTooLong) throw new KernelError("ENOMEM", `certificates may have ${inMegabytes(LARGEST_SETTINGS_BYTES)}`);
    const settings = parseTlsSettings(json);
    if (settings === null) throw new KernelError("EINVAL");
    return settings;
  }

  /** Throws KernelError when there are too many. */
  make(settings: TlsSettings, roots: string | null): ReturnType<typeof TlsContext.create> {
    const made = TlsContext.create(settings, { roots, onClose: (bytes) => (this.#heldBytes -= bytes) });
    if (!(made instanceof TlsContext)) return made;
    this.#heldBytes += made.sizeBytes;
    if (this.#heldBytes <= LARGEST_IN_ALL_BYTES) return made;
    made.close();
    throw new KernelError("ENOMEM", `certificates of all contexts may have ${inMegabytes(LARGEST_IN_ALL_BYTES)}`);
  }
}

function inMegabytes(bytes: number): string {
  return `${bytes / 1024 ** 2} MB`;
}
