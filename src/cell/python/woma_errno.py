"""Gives Python Linux's error numbers. CPython itself is patched when woma is built (scripts/wasm/errno.ts);
what Python code has already read from the errno module is put right here."""

import errno
import gc
import socket
import sys
from collections.abc import Mapping


def install(wasi_to_linux: dict[int, int], names: dict[int, str]) -> None:
    """Call once, right after the tables that the patched CPython reads are in place."""
    old = {name: value for name, value in vars(errno).items() if name.startswith("E")}
    new = {name: wasi_to_linux.get(value, value) for name, value in old.items()}
    vars(errno).update(new)
    errno.errorcode.clear()
    errno.errorcode.update(names)
    rekey_exception_table(wasi_to_linux)
    correct_copies(old, new)
    correct_socket(wasi_to_linux)


def rekey_exception_table(wasi_to_linux: dict[int, int]) -> None:
    """CPython picks OSError's subclass from a dictionary that no Python code can name."""
    tables = [
        table
        for table in gc.get_referrers(FileNotFoundError)
        if type(table) is dict and all(type(key) is int for key in table) and BlockingIOError in table.values()
    ]
    if len(tables) != 1:
        raise RuntimeError(f"expected one table of OSError subclasses, found {len(tables)}")
    [table] = tables
    classes = {wasi_to_linux.get(number, number): kind for number, kind in table.items()}
    table.clear()
    table.update(classes)


def correct_copies(old: Mapping[str, int], new: Mapping[str, int | None]) -> None:
    """Modules that ran `from errno import …` before."""
    for module in list(sys.modules.values()):
        namespace = getattr(module, "__dict__", {})
        if module is errno:
            continue
        for name in old.keys() & namespace.keys():
            if type(namespace[name]) is int and namespace[name] == old[name]:
                namespace[name] = new[name]
    if (console := sys.modules.get("_pyrepl.unix_console")) is not None:
        console._error_codes_to_ignore = frozenset([errno.EIO, errno.ENXIO, errno.EPERM])


def correct_socket(wasi_to_linux: dict[int, int]) -> None:
    """Two methods return an error number and raise nothing."""
    raw_connect_ex = socket.socket.connect_ex
    raw_getsockopt = socket.socket.getsockopt

    def connect_ex(self, address, /):
        number = raw_connect_ex(self, address)
        return wasi_to_linux.get(number, number)

    def getsockopt(self, level, option, /, *buffer_length):
        value = raw_getsockopt(self, level, option, *buffer_length)
        if level == socket.SOL_SOCKET and option == socket.SO_ERROR and not buffer_length:
            return wasi_to_linux.get(value, value)
        return value

    connect_ex.__doc__ = raw_connect_ex.__doc__
    getsockopt.__doc__ = raw_getsockopt.__doc__
    socket.socket.connect_ex = connect_ex
    socket.socket.getsockopt = getsockopt
    socket._blocking_errnos = {errno.EAGAIN, errno.EWOULDBLOCK}
