"""Gives a restored interpreter what must not be the same in every run."""

import builtins
import os
import random
import sys
import tempfile
import time
import warnings

import woma_neighbours
import woma_packages
import woma_signals
import woma_streams
import woma_without_sockets


def settle(start: dict) -> None:
    """Gives a restored interpreter what must not be the same in every run: state, streams, options, paths."""
    flags = start["flags"]
    random.seed()
    tempfile._name_sequence = None
    os.environ.clear()
    os.environ.update(start["environment"])
    refresh_time_zone()
    mounts[:] = [mount["path"] for mount in start["mounts"]]
    make_directory(start["homeDirectory"])
    make_directory(start["workingDirectory"])
    try:
        os.chdir(start["workingDirectory"])
    except OSError:
        # A mount stands where the user's directory would be, and has none of that name.
        os.chdir("/")
    woma_packages.mounted(start["archives"])
    woma_streams.open_standard_streams([grant["fd"] for grant in start["streams"]], flags["unbuffered"])
    sys.argv[:] = start["argv"]
    sys.orig_argv[:] = [sys.executable, *start["commandLine"]]
    sys.dont_write_bytecode = flags["dontWriteBytecode"]
    woma_signals.inherit(start["ignoredSignals"])
    apply_options(flags)
    if start["transport"] == "xhr":
        woma_without_sockets.replace_sockets()
    # What is mounted is there as files, which libraries like better.
    if start["neighbourDirectory"] is not None and not is_mounted(start["neighbourDirectory"]):
        woma_neighbours.install(start["neighbourDirectory"])
    for name in start["shadowed"]:
        forget_module(name)
    if not flags["safePath"] or start["program"]["kind"] == "directory":
        sys.path.insert(0, first_path_entry(start))


# Paths at which there are the user's own files.
mounts: list[str] = []


def is_mounted(path: str) -> bool:
    return any(path == mount or path.startswith(mount + "/") for mount in mounts)


def make_directory(path: str) -> None:
    """In the cell's own memory; on a mount nothing is made that the program did not ask for."""
    if not is_mounted(path):
        os.makedirs(path, exist_ok=True)


def forget_module(name: str) -> None:
    """An import finds the module beside the script, though the interpreter has the library's own already."""
    for loaded in [key for key in sys.modules if key == name or key.startswith(name + ".")]:
        del sys.modules[loaded]


def refresh_time_zone() -> None:
    """The time module's constants, which it read when the snapshot was made."""
    year = time.localtime().tm_year
    # As CPython's own init: the two halves of the year, whichever is summer here.
    january, july = (time.localtime(time.mktime((year, month, 1, 12, 0, 0, 0, 0, -1))) for month in (1, 7))
    standard, daylight = (july, january) if january.tm_gmtoff > july.tm_gmtoff else (january, july)
    time.timezone, time.altzone = -standard.tm_gmtoff, -daylight.tm_gmtoff
    time.daylight = int(standard.tm_gmtoff != daylight.tm_gmtoff)
    time.tzname = (standard.tm_zone, daylight.tm_zone)


def first_path_entry(start: dict) -> str:
    program = start["program"]
    if program["kind"] in ("script", "directory"):
        # Links in the script's path are resolved for this, as CPython does.
        return start["neighbourDirectory"] or os.path.dirname(program["path"])
    return os.getcwd() if program["kind"] == "module" else ""


def apply_options(flags: dict) -> None:
    for option in flags["xOptions"]:
        name, separator, value = option.partition("=")
        sys._xoptions[name] = value if separator else True
    if (digits := sys._xoptions.get("int_max_str_digits")) is not None:
        sys.set_int_max_str_digits(int(digits))
    filters = list(flags["warnOptions"])
    if "dev" in sys._xoptions:
        filters.insert(0, "default")
    if flags["bytesWarning"]:
        filters.append("error::BytesWarning" if flags["bytesWarning"] > 1 else "default::BytesWarning")
    sys.warnoptions[:] = filters
    warnings._processoptions(filters)
    if "tracemalloc" in sys._xoptions:
        import tracemalloc

        frames = sys._xoptions["tracemalloc"]
        if (depth := 1 if frames is True else int(frames)) > 0:
            tracemalloc.start(depth)
    if flags["noSite"]:
        for name in ("exit", "quit", "copyright", "credits", "license", "help"):
            vars(builtins).pop(name, None)
        sys.modules.pop("site", None)
        sys.path[:] = [entry for entry in sys.path if not entry.endswith("site-packages")]
