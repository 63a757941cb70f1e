import type { HostImports, PyodideModule } from "./emscripten.ts";

/** How signals come to the interpreter: it looks at byte 0 of a page every few instructions. */
export interface Interrupts {
  readonly imports: HostImports;
  /** From now on the signal whose number the broker puts there is raised. */
  listen(page: Uint8Array): void;
}

export function interrupts(module: () => PyodideModule): Interrupts {
  let page: Uint8Array | null = null;
  return {
    imports: {
      // Stock Pyodide reads the byte, then clears it: a signal that comes between the two would be lost.
      _Py_CheckEmscriptenSignals_Helper: () => (page === null || page[0] === 0 ? 0 : Atomics.exchange(page, 0, 0)),
    },
    listen(shared) {
      page = shared;
      module().HEAP8[module()._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
    },
  };
}
