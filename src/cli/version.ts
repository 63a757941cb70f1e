import { version } from "../../package.json" with { type: "json" };
import { PYODIDE_VERSION, PYTHON_VERSION } from "../pyodide-manager/pin.ts";

/** One line for people; the long form names all that is inside. */
export function versionText(long: boolean): string {
  const parts = `woma ${version} (Python ${PYTHON_VERSION}, Pyodide ${PYODIDE_VERSION}, Bun ${Bun.version})\n`;
  return long ? `${parts}${process.platform} ${process.arch}, Bun revision ${Bun.revision}\n` : parts;
}
