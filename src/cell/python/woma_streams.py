"""The standard streams, opened as CPython's own start-up opens them in the C.UTF-8 locale."""

import io
import os
import sys


def open_standard_streams(descriptors: list[int], unbuffered: bool) -> None:
    """Opens 0, 1 and 2; one that was not granted becomes None, as for a closed descriptor."""
    sys.stdin = _open(0, "<stdin>", "r", "surrogateescape", unbuffered) if 0 in descriptors else None
    sys.stdout = _open(1, "<stdout>", "w", "surrogateescape", unbuffered) if 1 in descriptors else None
    sys.stderr = _open(2, "<stderr>", "w", "backslashreplace", unbuffered) if 2 in descriptors else None
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr


def _open(descriptor: int, name: str, mode: str, errors: str, unbuffered: bool) -> io.TextIOWrapper:
    writing = mode == "w"
    raw = io.FileIO(descriptor, mode, closefd=False)
    raw.name = name
    buffer = raw
    if not (writing and unbuffered):
        buffer = io.BufferedWriter(raw) if writing else io.BufferedReader(raw)
    line_by_line = not unbuffered and (descriptor == 2 or os.isatty(descriptor))
    stream = io.TextIOWrapper(
        buffer,
        encoding="utf-8",
        errors=errors,
        newline="\n",
        line_buffering=line_by_line,
        write_through=unbuffered and writing,
    )
    stream.mode = mode
    return stream
