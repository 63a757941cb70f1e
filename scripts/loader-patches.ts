/**
 * Changes to Pyodide's generated loader, each a text that must occur exactly once: with another version of
 * Pyodide the build fails here and not a user's program somewhere.
 */
const PATCHES: readonly (readonly [reason: string, from: string, to: string])[] = [
  [
    "the table of all exported functions' addresses is needed by side modules only, and takes 40 ms to fill",
    "updateGOT(origExports);LDSO.init()",
    "Module.__fillGot=()=>{Module.__fillGot=null;updateGOT(origExports)};LDSO.init()",
  ],
  [
    "so it is filled before the first side module is loaded",
    "var loadWebAssemblyModule=(binary,flags,libName,localScope,handle)=>{",
    "var loadWebAssemblyModule=(binary,flags,libName,localScope,handle)=>{Module.__fillGot?.();",
  ],
];

export function patchLoader(source: string): string {
  return PATCHES.reduce((text, [reason, from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`pyodide.asm.mjs: ${parts.length - 1} places to patch, expected 1 (${reason})`);
    return parts.join(to);
  }, source);
}
