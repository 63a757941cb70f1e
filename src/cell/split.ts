/**
 * Puts a split WebAssembly module (`scripts/wasm/split.ts`) together: the instance that it was made from,
 * except that functions which are seldom needed get compiled when one of them is first called.
 * @param loadSecondary called at most once, and from deep inside WebAssembly: it cannot wait for a promise
 * @param imports the original module's
 */
export function instantiateSplit(
  primary: WebAssembly.Module,
  helper: WebAssembly.Module,
  loadSecondary: () => WebAssembly.Module,
  imports: Bun.WebAssembly.Imports,
): WebAssembly.Instance {
  const instance = new WebAssembly.Instance(primary, imports);
  const load = () => {
    new WebAssembly.Instance(loadSecondary(), { ...imports, P: instance.exports });
    fillHotTable(instance.exports);
  };
  new WebAssembly.Instance(helper, { H: { load }, P: instance.exports });
  return instance;
}

/** The primary's function that does it is the last in that very table, itself the last of the primary's tables. */
function fillHotTable(exports: Bun.WebAssembly.Exports): void {
  const names = Object.keys(exports).filter((name) => name.startsWith("@table"));
  const table = exports[names.at(-1) ?? ""];
  if (!(table instanceof WebAssembly.Table)) throw new Error("this is not the primary half of a split module");
  table.get(table.length - 1)();
}
