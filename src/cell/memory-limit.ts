import type { HostImports, PyodideModule } from "./emscripten.ts";

/** The interpreter's memory grows only up to a limit; past it malloc fails, and Python raises MemoryError. */
export interface MemoryLimit {
  readonly imports: HostImports;
  set(limitBytes: number): void;
  /** Allows a little more, for what has to be done after the limit was hit. */
  grantHeadroom(): void;
}

const HEADROOM_BYTES = 16 * 1024 * 1024;

const WASM_PAGE_BYTES = 65536;
const MAXIMUM_BYTES = 4 * 1024 ** 3 - WASM_PAGE_BYTES;
/** Growing by a share of what there is keeps the number of growths small. */
const SHARE = 0.2;
const LARGEST_STEP_BYTES = 96 * 1024 * 1024;

export function growthLimit(module: () => PyodideModule): MemoryLimit {
  let limitBytes = MAXIMUM_BYTES;
  const resize = (requested: number): boolean => {
    const wanted = requested >>> 0;
    if (wanted > limitBytes) return false;
    const present = module().HEAPU8.length;
    const generous = present + Math.min(present * SHARE, LARGEST_STEP_BYTES);
    const aligned = Math.ceil(Math.max(wanted, generous) / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
    return module().growMemory(Math.max(Math.min(aligned, limitBytes), wanted)) === 1;
  };
  return {
    imports: { emscripten_resize_heap: resize, emscripten_get_heap_max: () => limitBytes },
    grantHeadroom() {
      limitBytes = Math.min(Math.max(limitBytes, module().HEAPU8.length) + HEADROOM_BYTES, MAXIMUM_BYTES);
    },
    set(bytes) {
      limitBytes = Math.min(Math.floor(bytes / WASM_PAGE_BYTES) * WASM_PAGE_BYTES, MAXIMUM_BYTES);
    },
  };
}
