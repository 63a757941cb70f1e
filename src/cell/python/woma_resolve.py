"""Resolves requirements for the broker. The solver, whose imports take time, is loaded when it is wanted."""

import importlib.util
import json
import re
import sys
import zipimport

import woma_kernel

# Each after what it imports.
_PARTS = [importlib.util.find_spec(name) for name in ("woma_wanted", "woma_indexes", "woma_solver")]


def run(task: bytes) -> None:
    """The program of a cell that resolves. Its answer is the last that the cell says."""
    # Before there is anything of anybody's in this cell.
    woma_kernel.request("index-default", url=default_index())
    for spec in _PARTS:
        assert spec is not None and spec.loader is not None
        sys.modules[spec.name] = part = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(part)
    answer = sys.modules["woma_solver"].solve(json.loads(task))
    woma_kernel.request("resolution", json.dumps(answer).encode())


def default_index() -> str:
    """The one that micropip asks when nothing is configured: `NAME = "https://…"`, `DEFAULT_INDEX_URLS = [NAME]`."""
    source = zipimport.zipimporter("/lib/woma-core.zip").get_source("micropip/package_index") or ""
    first = re.search(r"^DEFAULT_INDEX_URLS\s*=\s*\[\s*([^\],\s]+)", source, re.MULTILINE)
    value = first[1] if first else ""
    if value.isidentifier():
        named = re.search(rf"^{value}\s*=\s*(\S+)", source, re.MULTILINE)
        value = named[1] if named else ""
    return value.strip("\"'")
