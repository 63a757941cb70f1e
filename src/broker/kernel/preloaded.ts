/**
 * Top-level modules of the standard library that an interpreter has imported when a program starts, and
 * python3 has not, nor frozen. A script's neighbour of such a name must hide them (a test holds the list).
 */
export const PRELOADED: ReadonlySet<string> = new Set(
  `__future__ _colorize _compat_pickle _opcode_metadata _py_warnings _pyrepl _ssl _weakrefset annotationlib
  argparse ast asyncio base64 bisect bz2 code codeop collections compression concurrent contextlib contextvars
  copy copyreg ctypes dataclasses datetime dis email enum fnmatch functools gettext glob heapq importlib inspect
  ipaddress json keyword linecache locale logging lzma numbers opcode operator pathlib pickle pkgutil platform
  queue random re reprlib rlcompleter selectors shlex shutil signal socket ssl string struct subprocess
  sysconfig tempfile textwrap threading token tokenize traceback types typing urllib warnings weakref zipfile`.split(
    /\s+/,
  ),
);
