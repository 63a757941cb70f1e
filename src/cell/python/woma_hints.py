"""Tells the broker which file a program missed, so that it can tell the user which flag would show it."""

import os
import sys

import woma_kernel

LONGEST_PATH = 1024


def hint_missing() -> None:
    """For the last exception that nobody caught."""
    error = getattr(sys, "last_exc", None)
    if isinstance(error, FileNotFoundError) and isinstance(error.filename, str | bytes):
        woma_kernel.request("missing", path=os.fsdecode(error.filename)[:LONGEST_PATH])
