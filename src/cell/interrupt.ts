import type { PyodideModule } from "./emscripten.ts";

/** CPython looks at byte 0 of the page every few instructions and raises the signal whose number is there. */
export function listenForSignals(module: PyodideModule, page: Uint8Array): void {
  module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
  module.Py_EmscriptenSignalBuffer = page;
}
