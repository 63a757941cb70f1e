/**
 * Changes to Pyodide's generated loader, each a text that must occur exactly once: with another version of
 * Pyodide the build fails here and not a user's program somewhere.
 */
const PATCHES: readonly (readonly [reason: string, from: string, to: string])[] = [
  [
    "the table of all 8,500 exported functions' addresses is needed by side modules only, and takes 40 ms to fill",
    "updateGOT(origExports);LDSO.init()",
    "mainExports=origExports;exportsOfMain=origExports;LDSO.init()",
  ],
  [
    "so an entry is made when a side module asks for it",
    "var rtn=GOT[symName];if(!rtn){rtn=GOT[symName]=",
    "fillGot(symName);var rtn=GOT[symName];if(!rtn){rtn=GOT[symName]=",
  ],
  [
    "or brings a function of that name along: what CPython itself has comes first",
    "if(isInternalSym(symName)){continue}var value=exports[symName];var existingEntry=",
    "if(isInternalSym(symName)){continue}fillGot(symName);var value=exports[symName];var existingEntry=",
  ],
  [
    "each entry in the way in which all were made",
    "var updateGOT=(exports,replace)=>{",
    "var mainExports=null;var fillGot=name=>{var all=mainExports;if(all===null||!(name in all))return;mainExports=null;updateGOT({[name]:all[name]});mainExports=all};var updateGOT=(exports,replace)=>{",
  ],
  [
    "which function is where in the table is known for CPython's own: reading all 8,700 entries takes 20 ms",
    "var functionsInTableMap;var getFunctionAddress=func=>{if(!functionsInTableMap){functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)}return functionsInTableMap.get(func)||0};",
    "var functionsInTableMap;var exportsOfMain=null;var addressesOfMain=null;var getFunctionAddress=func=>{if(!addressesOfMain&&exportsOfMain){addressesOfMain=new Map;var packed=new Uint16Array(Uint8Array.from(atob(ADDRESSES),c=>c.charCodeAt(0)).buffer);var position=0;for(var name in exportsOfMain){var address=packed[position++];if(address)addressesOfMain.set(exportsOfMain[name],address)}}return addedFunctions.get(func)||addressesOfMain?.get(func)||0};",
  ],
  [
    "each of 274 WebGL functions would get a WebAssembly module of its own at start-up; nothing here calls them",
    "for(var[symName,entry]of Object.entries(GOT)){if(entry.value==-1){",
    'for(var[symName,entry]of Object.entries(GOT)){if(entry.value==-1){if(symName.startsWith("emscripten_gl")){entry.value=0;continue}',
  ],
  [
    "so that addFunction, too, does without",
    "var addFunction=(func,sig)=>{var rtn=getFunctionAddress(func);if(rtn){return rtn}",
    "var addedFunctions=new WeakMap;var addFunction=(func,sig)=>{var rtn=addedFunctions.get(func)||(sig?0:getFunctionAddress(func));if(rtn){return rtn}",
  ],
  [
    "so it remembers what it has added itself",
    "functionsInTableMap.set(func,ret);return ret};",
    "functionsInTableMap?.set(func,ret);addedFunctions.set(func,ret);return ret};",
  ],
  [
    "and this one is new for sure",
    "addFunction(trampolineInstance.exports.trampoline_call)",
    'addFunction(trampolineInstance.exports.trampoline_call,"iiiii")',
  ],
  [
    "a probe whether WebAssembly can be compiled at all would wait behind the compilation of CPython",
    "try{new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0]))}catch(e){canConstructWasm=false}",
    "",
  ],
  [
    "JavaScript that a C library contains (EM_ASM) is not compiled; a call is refused as that of any other",
    "ASM_CONSTS[start]=eval(func)",
    'ASM_CONSTS[start]=wasmImports["emscripten_run_script"]',
  ],
  [
    "nor are its functions that are written in JavaScript (EM_JS)",
    "moduleExports[name]=eval(func)",
    'moduleExports[name]=wasmImports["emscripten_run_script"]',
  ],
];

/** `addresses` are where the functions that CPython exports are in its table, in the order of its exports. */
export function patchLoader(source: string, addresses: Uint16Array): string {
  const patched = PATCHES.reduce((text, [reason, from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2)
      throw new Error(`pyodide.asm.mjs: ${parts.length - 1} places to patch, expected 1 (${reason})`);
    return parts.join(to);
  }, source);
  const packed = Buffer.from(addresses.buffer, addresses.byteOffset, addresses.byteLength).toString("base64");
  return patched.replace("atob(ADDRESSES)", `atob("${packed}")`);
}
