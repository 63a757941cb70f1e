"""Signals as on Linux: the broker delivers them, keeps the one interval timer, and carries out default actions."""

import errno
import os
import select
import signal

import woma_kernel

_UNCATCHABLE = (signal.SIGKILL, signal.SIGSTOP)

# CPython's own, which knows nothing of the broker.
_native_signal = signal.signal


def install() -> None:
    signal.signal = set_handler
    signal.alarm = alarm
    signal.setitimer = setitimer
    signal.getitimer = getitimer
    signal.pause = pause


def inherit(ignored: list[int]) -> None:
    """Signals that were ignored when woma was started, as under nohup, are ignored until the program says else."""
    for number in ignored:
        set_handler(number, signal.SIG_IGN)


def set_handler(signalnum, handler):
    if signalnum in _UNCATCHABLE:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    # The broker first, since that takes a while: what comes meanwhile is still the old handler's.
    tell_broker({signalnum: handler})
    signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        return _native_signal(signalnum, handler)
    except BaseException:
        tell_broker({})
        raise


def tell_broker(changes: dict) -> None:
    """Which signals the program handles and ignores; the broker carries out the default action of the others."""
    handlers = {number: signal.getsignal(number) for number in range(1, signal.NSIG) if number not in _UNCATCHABLE}
    handlers |= changes
    ignored = [int(number) for number, handler in handlers.items() if handler is signal.SIG_IGN]
    handled = [int(number) for number, handler in handlers.items() if callable(handler)]
    woma_kernel.request("signals", handled=handled, ignored=ignored)


def setitimer(which, seconds, interval=0.0):
    if which != signal.ITIMER_REAL:
        raise signal.ItimerError(22, os.strerror(22))
    if seconds < 0 or interval < 0:
        raise signal.ItimerError(22, os.strerror(22))
    reply, _ = woma_kernel.request("timer", delayMs=seconds * 1000, intervalMs=interval * 1000, query=False)
    return reply["delayMs"] / 1000, reply["intervalMs"] / 1000


def getitimer(which):
    if which != signal.ITIMER_REAL:
        return 0.0, 0.0
    reply, _ = woma_kernel.request("timer", delayMs=0, intervalMs=0, query=True)
    return reply["delayMs"] / 1000, reply["intervalMs"] / 1000


def alarm(seconds) -> int:
    left, _ = setitimer(signal.ITIMER_REAL, seconds)
    return int(left + 0.999) if left else 0


def pause() -> None:
    """Waits for a signal whose handler returns: the wake-up descriptor tells of it, poll itself resumes."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    before = signal.set_wakeup_fd(write_end)
    try:
        poller = select.poll()
        poller.register(read_end, select.POLLIN)
        poller.poll()
    finally:
        signal.set_wakeup_fd(before)
        os.close(read_end)
        os.close(write_end)
