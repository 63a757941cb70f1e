export interface PinnedWheel {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
}

/**
 * The wheels inside the binary, as their projects published them on the package index.
 *
 * Versions are pyodide-lock.json's (a test holds that); resolvelib, which the lock lacks, is the
 * newest release. The distribution repacks its wheels, so the lock's
 * sha256 differs for every one of these; one set of bytes must be chosen for the build to give the
 * same binary wherever they came from, and the index's can be had from any mirror.
 * pydoc-data (the text of `help()` topics) is in the distribution only: it comes when asked for.
 */
export const pinnedWheels: readonly PinnedWheel[] = [
  {
    name: "micropip", // MPL-2.0, github.com/pyodide/micropip
    version: "0.11.1",
    file: "micropip-0.11.1-py3-none-any.whl",
    sha256: "768de165adb8e66906039d8fec4127a57f522dfdf8e6fbff877a4616941ecfd3",
  },
  {
    name: "packaging", // Apache-2.0 or BSD-2-Clause, github.com/pypa/packaging
    version: "26.1",
    file: "packaging-26.1-py3-none-any.whl",
    sha256: "5d9c0669c6285e491e0ced2eee587eaf67b670d94a19e94e3984a481aba6802f",
  },
  {
    name: "pyodide-http", // MIT, github.com/koenvo/pyodide-http
    version: "0.2.2",
    file: "pyodide_http-0.2.2-py3-none-any.whl",
    sha256: "cf006ea593c1643b5badeb4d42ed24a6eebd830276171fa1f82de0777b3fb608",
  },
  {
    name: "resolvelib", // ISC, github.com/sarugaku/resolvelib
    version: "1.2.1",
    file: "resolvelib-1.2.1-py3-none-any.whl",
    sha256: "fb06b66c8da04172d9e72a21d7d06186d8919e32ae5ab5cdf5b9d920be805ac2",
  },
  {
    name: "tzdata", // Apache-2.0, github.com/python/tzdata
    version: "2025.3",
    file: "tzdata-2025.3-py2.py3-none-any.whl",
    sha256: "06a47e5700f3081aab02b2e513160914ff0694bce9947d6b76ebd6bf57cfc5d1",
  },
];
