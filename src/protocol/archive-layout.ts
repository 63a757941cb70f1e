/** Where a wheel's files are in a cell, as installers lay them out. */

const SITE_PACKAGES = "/lib/python3.14/site-packages";
/** Where Emscripten's loader looks for the libraries that a side module needs. */
const LIBRARIES = "/usr/lib";
const DATA_DIRECTORY = /^[^/]+\.data\/(?<scheme>[^/]+)\/(?<rest>.+)$/;

/** The path of an archive's file; null for what there is no use for in a cell. */
export function placeOf(kind: "wheel" | "library", name: string): string | null {
  if (kind === "library") return `${LIBRARIES}/${name}`;
  const { scheme, rest } = DATA_DIRECTORY.exec(name)?.groups ?? {};
  switch (scheme) {
    case undefined:
    case "purelib":
    case "platlib":
      return `${SITE_PACKAGES}/${rest ?? name}`;
    case "data":
      // sys.prefix is the root. What the interpreter has there is not a wheel's to change.
      return /^(?:dev|home|lib|proc|tmp)(?:\/|$)/.test(rest ?? "") ? null : `/${rest}`;
    default:
      return null;
  }
}

/** Where CPython looks for the compiled code of a source file. */
export function cachedPath(source: string | null): string | null {
  if (source === null) return null;
  const slash = source.lastIndexOf("/");
  return `${source.slice(0, slash)}/__pycache__/${source.slice(slash + 1).replace(/\.py$/, ".cpython-314.pyc")}`;
}
