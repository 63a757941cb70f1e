"""Functions of os and select whose Emscripten build does less than Linux's."""

import errno
import fcntl
import math
import os
import select
import selectors

_native_strerror = os.strerror


def install() -> None:
    os.strerror = strerror
    os.set_inheritable = set_inheritable
    select.select = select_by_poll
    selectors.SelectSelector._select = staticmethod(select_by_poll)
    fcntl.flock = flock
    # Nobody but one user is here.
    os.geteuid, os.getegid = os.getuid, os.getgid


def select_by_poll(rlist, wlist, xlist, timeout=None, /):
    """select.select, which this build passes over closed descriptors in, and interrupts without a reason."""
    if timeout is not None:
        if not hasattr(timeout, "__float__") and not hasattr(timeout, "__index__"):
            raise TypeError("timeout must be a float or None")
        if timeout < 0:
            raise ValueError("timeout must be non-negative")
    wanted: dict[int, int] = {}
    lists = [[(item, _descriptor(item)) for item in given] for given in (rlist, wlist, xlist)]
    for items, events in zip(lists, (select.POLLIN, select.POLLOUT, select.POLLPRI), strict=True):
        for _, descriptor in items:
            wanted[descriptor] = wanted.get(descriptor, 0) | events
    poller = select.poll()
    for descriptor, events in wanted.items():
        poller.register(descriptor, events)
    ready = dict(poller.poll(None if timeout is None else math.ceil(timeout * 1000)))
    if any(bits & select.POLLNVAL for bits in ready.values()):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    # As Linux's select(2) reads poll's bits.
    ends = select.POLLIN | select.POLLHUP | select.POLLERR, select.POLLOUT | select.POLLERR, select.POLLPRI
    return tuple(
        [item for item, descriptor in items if ready.get(descriptor, 0) & bits]
        for items, bits in zip(lists, ends, strict=True)
    )


def _descriptor(item) -> int:
    descriptor = item if isinstance(item, int) else item.fileno() if hasattr(item, "fileno") else None
    if not isinstance(descriptor, int):
        raise TypeError("argument must be an int, or have a fileno() method.")
    if descriptor < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({descriptor})")
    return descriptor


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
