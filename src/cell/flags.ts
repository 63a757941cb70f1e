import type { InterpreterFlags } from "../protocol/messages.ts";
import type { PyodideModule, PyProxy } from "./emscripten.ts";

/** Positions in sys.flags, CPython 3.14's order. */
const POSITION = {
  inspect: 1,
  optimize: 3,
  dont_write_bytecode: 4,
  no_user_site: 5,
  no_site: 6,
  ignore_environment: 7,
  verbose: 8,
  bytes_warning: 9,
  quiet: 10,
  hash_randomization: 11,
  isolated: 12,
  dev_mode: 13,
  utf8_mode: 14,
  safe_path: 16,
} as const;

/**
 * Gives a running interpreter the options it would have been started with: those that C code looks at
 * through its configuration, and all of them in sys.flags.
 */
export function applyFlags(module: PyodideModule, main: PyProxy, flags: InterpreterFlags): void {
  const devMode = flags.xOptions.includes("dev");
  // Pyodide starts with -i, under which CPython would not let an exception hook exit.
  configure(module, "inspect", Number(flags.inspect));
  if (flags.optimize > 0) configure(module, "optimization_level", flags.optimize);
  if (flags.verbose > 0) configure(module, "verbose", flags.verbose);
  if (flags.bytesWarning > 0) configure(module, "bytes_warning", flags.bytesWarning);
  const proxy = main.FLAGS;
  const sequence = module.PyProxy_getPtr(proxy);
  const set = (name: keyof typeof POSITION, value: number | boolean, object = module._PyLong_FromLong(Number(value))) =>
    module._PyStructSequence_SetItem(sequence, POSITION[name], object);
  set("inspect", flags.inspect);
  set("optimize", flags.optimize);
  set("dont_write_bytecode", flags.dontWriteBytecode);
  set("no_user_site", flags.noUserSite);
  set("no_site", flags.noSite);
  set("ignore_environment", flags.ignoreEnvironment);
  set("verbose", flags.verbose);
  set("bytes_warning", flags.bytesWarning);
  set("quiet", flags.quiet);
  // The snapshot was made without, so that it is the same each time; no program can tell otherwise.
  set("hash_randomization", 1);
  set("isolated", flags.isolated);
  set("dev_mode", devMode, pythonBoolean(module, devMode));
  if (flags.xOptions.includes("utf8") || flags.xOptions.includes("utf8=1")) set("utf8_mode", 1);
  set("safe_path", flags.safePath, pythonBoolean(module, flags.safePath));
  proxy.destroy();
}

function configure(module: PyodideModule, name: string, value: number): void {
  const text = module.stringToNewUTF8(name);
  const number = module._PyLong_FromLong(value);
  if (module._PyConfig_Set(text, number) !== 0) module._PyErr_Print();
  module._Py_DecRef(number);
  module._free(text);
}

function pythonBoolean(module: PyodideModule, value: boolean): number {
  return module._PyBool_FromLong(value ? 1 : 0);
}
