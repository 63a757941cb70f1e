import type { PyodideModule } from "./emscripten.ts";

/**
 * Pyodide's record of the JavaScript objects that the interpreter's memory refers to, for a snapshot. There must be
 * none: a program finds with ctypes whatever the memory holds, and would find the host's objects by way of them.
 */
export function noHostReferences(module: PyodideModule): unknown {
  const count = module._hiwire_num_refs();
  if (count !== 0) throw new Error(`the interpreter refers to ${count} objects of the host's`);
  // Pyodide makes no record without the objects that its own snapshots refer to.
  for (const [slot, object] of module.API.getExpectedKeys().entries()) module.__hiwire_set(slot, object);
  return module.API.serializeHiwireState();
}

/** Clears the table, into which Pyodide puts the host's objects for the references that its own snapshots have. */
export function forgetHostObjects(module: PyodideModule): void {
  for (const slot of module.API.getExpectedKeys().keys()) module.__hiwire_set(slot, null);
}
