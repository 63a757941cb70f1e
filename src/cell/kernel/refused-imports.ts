import type { HostImports, PyodideModule } from "../emscripten.ts";
import { libcErrno } from "../errno.ts";

/** A function of Emscripten's library, with the types of its result and parameters, a letter each. */
type LibraryFunction = HostImports[string] & { sig?: string | undefined };

/**
 * The ways by which Python, ctypes and C libraries would run JavaScript or use the host's network, each refused.
 * This makes clear errors and is no wall: C code that a program brings along may call all that CPython itself calls,
 * and so reach JavaScript. What holds then is the operating system's confinement of the cell.
 *
 * `library` is all that Emscripten has: what CPython imports, and what other C libraries might.
 */
export function refusedImports(module: () => PyodideModule, library: HostImports): HostImports {
  const stock = { ...library };
  const refused = Object.keys(stock).filter((name) => REFUSED.some((pattern) => pattern.test(name)));
  return {
    ...Object.fromEntries(refused.map((name) => [name, refusal(module, stock[name])])),
    _dlsym_js: symbolLookup(module, library, stock),
    JsProxy_GetAttr_js: attributeRead(module, stock),
    JsObjMap_subscript_js: itemRead(stock),
  };
}

/** woma_refusals.py says the same. */
const NO_JAVASCRIPT =
  "woma's Python reaches no JavaScript; what it may use of the host comes through Python's own modules";

const REFUSED = [
  // The loader also gives the first of these to a C library for each piece of JavaScript that the library contains.
  /^emscripten_(async_)?run_script/,
  /^emscripten_async_(load_script|wget)/,
  /^emscripten_(create|destroy|call)_worker$/,
  /^emscripten_websocket_/,
  /^emscripten_debugger$/,
];

/** Functions of the C library that Emscripten has written in JavaScript, and that ctypes may find. */
const C_LIBRARY = new Set([
  "exit",
  "getaddrinfo",
  "getnameinfo",
  "getprotobyname",
  "getprotobynumber",
  "strptime",
  "strptime_l",
]);

/** What leads from any JavaScript object to the compiler of JavaScript. */
const WAYS_UP = new Set([
  "constructor",
  "__proto__",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
]);

/** A function that does nothing, and raises where there is a Python to raise in. */
function refusal(module: () => PyodideModule, stock: LibraryFunction | undefined): LibraryFunction {
  const sig = stock?.sig ?? "v";
  const result = sig.startsWith("i") ? -libcErrno("ENOSYS") : 0;
  const refuse = () => {
    if (module()._PyGILState_Check() === 1) raise(module(), module()._PyExc_RuntimeError, NO_JAVASCRIPT);
    return result;
  };
  return Object.assign(refuse, { sig });
}

/** dlsym(3), which ctypes asks: it finds C code, and of what is JavaScript only what stands for C's own library. */
function symbolLookup(
  module: () => PyodideModule,
  library: Readonly<Record<string, LibraryFunction>>,
  stock: Readonly<Record<string, LibraryFunction>>,
): HostImports[string] {
  return (handle: number, symbol: number, index: number) => {
    const name = module().UTF8ToString(symbol);
    const isMain = module().LDSO.loadedLibsByHandle[handle]?.exports === library;
    if (isMain && Object.hasOwn(stock, name)) {
      const given = library[name];
      if (!C_LIBRARY.has(name) || given === undefined) {
        module().dlSetError(`${name}: ${NO_JAVASCRIPT}`);
        return 0;
      }
      // What woma has in the place of Emscripten's function has its types.
      given.sig ??= stock[name]?.sig;
    }
    return stock["_dlsym_js"]?.(handle, symbol, index);
  };
}

/** An attribute of a JavaScript object, as Python reads it. */
function attributeRead(module: () => PyodideModule, stock: HostImports): HostImports[string] {
  return (object: unknown, key: number) => {
    const name = module().UTF8ToString(key);
    if (!WAYS_UP.has(name)) return stock["JsProxy_GetAttr_js"]?.(object, key);
    raise(module(), module()._PyExc_AttributeError, `${name}: ${NO_JAVASCRIPT}`);
    return stock["Jsv_GetError_import"]?.();
  };
}

/** The same by way of `as_object_map()`, where a program's own data may have any name. */
function itemRead(stock: HostImports): HostImports[string] {
  return (object: unknown, key: unknown) => {
    const value = stock["JsObjMap_subscript_js"]?.(object, key);
    const isWayUp = typeof value === "function" && WAYS_UP.has(String(key));
    return isWayUp ? stock["Jsv_GetError_import"]?.() : value;
  };
}

function raise(module: PyodideModule, typeAddress: number, message: string): void {
  const text = module.stringToNewUTF8(message);
  module._PyErr_SetString(module.HEAPU32[typeAddress >>> 2] ?? 0, text);
  module._free(text);
}
