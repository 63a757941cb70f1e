import type { HostImports, PyodideModule } from "./emscripten.ts";

/** The interpreter's memory grows only up to a limit; past it malloc fails, and Python raises MemoryError. */
export interface MemoryLimit {
  readonly imports: HostImports;
  /** The limit as it is now. */
  bytes(): number;
  set(limitBytes: number): void;
  /** Whether memory was refused for it. */
  refused(): boolean;
}

/** Each refusal leaves a little more, for a handler of MemoryError, its traceback and the end; so often at most. */
const HEADROOM_BYTES = 4 * 1024 * 1024;
const HEADROOMS = 8;

const WASM_PAGE_BYTES = 65536;
const MAXIMUM_BYTES = 4 * 1024 ** 3 - WASM_PAGE_BYTES;
/** Growing by a share of what there is keeps the number of growths small. */
const SHARE = 0.2;
const LARGEST_STEP_BYTES = 96 * 1024 * 1024;

export function growthLimit(module: () => PyodideModule): MemoryLimit {
  let limitBytes = MAXIMUM_BYTES;
  let headrooms = HEADROOMS;
  const resize = (requested: number): boolean => {
    const wanted = requested >>> 0;
    if (wanted > limitBytes) {
      if (headrooms > 0) limitBytes = Math.min(limitBytes + HEADROOM_BYTES, MAXIMUM_BYTES);
      headrooms -= 1;
      return false;
    }
    const present = module().HEAPU8.length;
    const generous = present + Math.min(present * SHARE, LARGEST_STEP_BYTES);
    const aligned = Math.ceil(Math.max(wanted, generous) / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
    return module().growMemory(Math.max(Math.min(aligned, limitBytes), wanted)) === 1;
  };
  return {
    imports: { emscripten_resize_heap: resize, emscripten_get_heap_max: () => limitBytes },
    bytes: () => limitBytes,
    refused: () => headrooms < HEADROOMS,
    set(bytes) {
      limitBytes = Math.min(Math.floor(bytes / WASM_PAGE_BYTES) * WASM_PAGE_BYTES, MAXIMUM_BYTES);
    },
  };
}
