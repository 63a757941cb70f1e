"""What a cell cannot have, each refused in words that say so and what to do instead."""

import _thread
import errno
import os
import subprocess
import sys
import threading

from woma_sockets import NO_SERVERS

NO_THREADS = (
    "can't start new thread: woma's Python has no threads; use asyncio, "
    "or concurrent.futures.ThreadPoolExecutor, whose calls run inline"
)
NO_PROCESSES = "woma's Python starts no other programs; call the code in this process instead"
NO_JAVASCRIPT = "woma's Python reaches no JavaScript; what it may use of the host comes through Python's own modules"
NO_VENV = "woma needs no virtual environments: each run is one; there is no directory to put one in"


def install() -> None:
    _thread.start_new_thread = _thread.start_new = threading._start_new_thread = _refuse_thread
    _thread.start_joinable_thread = threading._start_joinable_thread = _refuse_thread
    subprocess.Popen.__init__ = _refuse_popen
    for name in _PROCESS_FUNCTIONS:
        if hasattr(os, name):
            setattr(os, name, _refusing_process(name))
    sys.meta_path.append(_Explainer())


class _Explainer:
    """Last on sys.meta_path: says why a module of the standard library is not there."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        # Whoever asks whether it is there, and does not import it, is told that it is not.
        asker = sys._getframe(2).f_globals.get("__name__")
        if (reason := _ABSENT.get(name)) is not None and asker != "importlib.util":
            raise ModuleNotFoundError(f"No module named {name!r}: {reason}", name=name)


def refused_module(name: str) -> str | None:
    """Why `-m name` cannot work here; None when it may."""
    if name == "http.server" or name.startswith("http.server."):
        return NO_SERVERS
    if name in ("venv", "ensurepip"):
        return NO_VENV
    return None


def _no(name: str) -> str:
    return f"this build of Python has no {name}"


_NO_SCREEN = "woma's Python has no windows; print, or write a file"
_ABSENT = {
    "_curses": "this build of Python has no curses; print escape sequences instead",
    "_multiprocessing": NO_PROCESSES,
    "_posixshmem": NO_PROCESSES,
    "_tkinter": _NO_SCREEN,
    "curses": "this build of Python has no curses; print escape sequences instead",
    "dbm": f"{_no('dbm')}; use sqlite3",
    "ensurepip": NO_VENV,
    "grp": f"{_no('grp')}: a program sees no users and groups",
    "idlelib": _NO_SCREEN,
    "pwd": f"{_no('pwd')}: a program sees no users and groups",
    "pyodide_js": NO_JAVASCRIPT,
    "readline": f"{_no('readline')}; the prompt and input() edit lines by themselves",
    "resource": f"{_no('resource')}; limits are woma's own, see `woma --help`",
    "syslog": f"{_no('syslog')}; use logging",
    "tkinter": _NO_SCREEN,
    "turtle": _NO_SCREEN,
    "venv": NO_VENV,
}

_PROCESS_FUNCTIONS = (
    "fork",
    "forkpty",
    "system",
    "popen",
    "posix_spawn",
    "posix_spawnp",
    "execv",
    "execve",
    "execl",
    "execle",
    "execlp",
    "execlpe",
    "execvp",
    "execvpe",
    "spawnl",
    "spawnle",
    "spawnlp",
    "spawnlpe",
    "spawnv",
    "spawnve",
    "spawnvp",
    "spawnvpe",
)


def _refuse_thread(*args, **kwargs):
    raise RuntimeError(NO_THREADS)


def _refuse_popen(self, args=(), *rest, **options):
    raise OSError(errno.ENOTSUP, NO_PROCESSES)


def _refusing_process(name: str):
    def refuse(*args, **kwargs):
        raise OSError(errno.ENOTSUP, NO_PROCESSES)

    refuse.__name__ = refuse.__qualname__ = name
    return refuse
