/** The distribution that this woma is built from. */
export const PYODIDE_VERSION = "314.0.3";
export const PYTHON_VERSION = "3.14.2";
