/** The first bytes of every PNG file (RFC 2083, 3.1). */
const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const LARGEST_FIGURE_BYTES = 32 * 1024 * 1024;

/** Pictures that a program shows; they come in pieces. */
export class Figures {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** `show` tells where a picture is to be seen when that is a file. */
  constructor(private readonly show: (png: Uint8Array) => string | null) {}

  /** Takes one piece; what `show` says to a whole picture. What is none is dropped. */
  receive(piece: Uint8Array, isLast: boolean): string | null {
    this.#bytes += piece.length;
    if (this.#bytes <= LARGEST_FIGURE_BYTES) this.#pieces.push(piece.slice());
    else this.#pieces = [];
    if (!isLast) return null;
    const picture = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return PNG_SIGNATURE.every((byte, index) => picture[index] === byte) ? this.show(picture) : null;
  }
}
