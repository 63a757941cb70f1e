"""Functions of os and select whose Emscripten build does less than Linux's."""

import fcntl
import os
import select

_native_select = select.select
_native_strerror = os.strerror


def install() -> None:
    os.strerror = strerror
    os.set_inheritable = set_inheritable
    select.select = select_open
    fcntl.flock = flock
    # Nobody but one user is here.
    os.geteuid, os.getegid = os.getuid, os.getgid


def select_open(rlist, wlist, xlist, timeout=None, /):
    """select.select, which passes over descriptors that are not open in this build."""
    for item in (*rlist, *wlist, *xlist):
        fcntl.fcntl(item, fcntl.F_GETFD)
    return _native_select(rlist, wlist, xlist, timeout)


# The cell's fcntl(2) has flock(2) under this number (src/cell/kernel/mount-calls.ts).
_FLOCK_DOOR = 0x574F


def flock(fd, operation, /):
    """fcntl.flock, which does nothing in this build and says that it did."""
    fcntl.fcntl(fd, _FLOCK_DOOR, operation)


def strerror(code, /):
    """os.strerror, with glibc's words for a number that is no error's."""
    message = _native_strerror(code)
    return f"Unknown error {code}" if message == "Unknown error" else message


def set_inheritable(fd, inheritable, /):
    """os.set_inheritable, which does nothing in this build."""
    flags = fcntl.fcntl(fd, fcntl.F_GETFD)
    flags = flags & ~fcntl.FD_CLOEXEC if inheritable else flags | fcntl.FD_CLOEXEC
    fcntl.fcntl(fd, fcntl.F_SETFD, flags)
