"""Signals as on Linux: the broker delivers them, keeps the one interval timer, and carries out default actions."""

import os
import signal

import woma_kernel

_IGNORED_BY_DEFAULT = frozenset({signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH})

# CPython's own functions, which know nothing of the broker.
_native_signal = signal.signal
_native_raise_signal = signal.raise_signal


class SignalExit(BaseException):
    """Ends the program as the signal's default action would; never seen by a program that does not look."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def install() -> None:
    signal.signal = set_handler
    signal.raise_signal = raise_signal
    signal.alarm = alarm
    signal.setitimer = setitimer
    signal.getitimer = getitimer
    signal.pause = pause
    os.kill = kill


def set_handler(signalnum, handler):
    previous = _native_signal(signalnum, handler)
    # SIGINT is always the interpreter's own; the broker has to know about the others.
    handled, ignored = [], []
    for number in range(1, signal.NSIG):
        if number in (signal.SIGKILL, signal.SIGSTOP):
            continue
        present = signal.getsignal(number)
        if present is signal.SIG_IGN:
            ignored.append(number)
        elif callable(present):
            handled.append(number)
    woma_kernel.request("signals", handled=handled, ignored=ignored)
    return previous


def raise_signal(signalnum) -> None:
    number = int(signalnum)
    handler = signal.getsignal(number)
    if handler is signal.SIG_IGN or (handler is signal.SIG_DFL and number in _IGNORED_BY_DEFAULT):
        return
    if handler is signal.SIG_DFL or number in (signal.SIGKILL, signal.SIGSTOP):
        woma_kernel.request("exit", status=0, signal=number, again=False)
    _native_raise_signal(number)


def kill(pid, signalnum) -> None:
    if pid not in (os.getpid(), 0, -1, -os.getpid()):
        raise ProcessLookupError(3, os.strerror(3))
    if signalnum:
        raise_signal(signalnum)


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
    import select

    received = False

    def note(*_):
        nonlocal received
        received = True

    # A poll resumes after a handler has run; time slices let the end of it be seen.
    before = signal.set_wakeup_fd(-1)
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    try:
        signal.set_wakeup_fd(write_end)
        poller = select.poll()
        poller.register(read_end, select.POLLIN)
        while not poller.poll():
            pass
    finally:
        signal.set_wakeup_fd(before)
        os.close(read_end)
        os.close(write_end)
