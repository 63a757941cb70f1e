/** Pyodide as its own documentation starts it: `bun stock-pyodide.ts CODE`. */
import { loadPyodide } from "pyodide";

const pyodide = await loadPyodide();
pyodide.runPython(process.argv[2] ?? "");
