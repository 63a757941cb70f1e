/**
 * Changes to Pyodide's generated loader, each a text that must occur exactly once: with another version of
 * Pyodide the build fails here and not a user's program somewhere.
 */
const PATCHES: readonly (readonly [reason: string, from: string, to: string])[] = [
  [
    "the table of all 8,500 exported functions' addresses is needed by side modules only, and takes 40 ms to fill",
    "updateGOT(origExports);LDSO.init()",
    "mainExports=origExports;LDSO.init()",
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
    "each of 274 WebGL functions would get a WebAssembly module of its own at start-up; nothing here calls them",
    "for(var[symName,entry]of Object.entries(GOT)){if(entry.value==-1){",
    'for(var[symName,entry]of Object.entries(GOT)){if(entry.value==-1){if(symName.startsWith("emscripten_gl")){entry.value=0;continue}',
  ],
  [
    "to see whether a function is in the table already, addFunction would read all 8,700 entries",
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

export function patchLoader(source: string): string {
  return PATCHES.reduce((text, [reason, from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2)
      throw new Error(`pyodide.asm.mjs: ${parts.length - 1} places to patch, expected 1 (${reason})`);
    return parts.join(to);
  }, source);
}
