"""
Libraries that do without sockets on Emscripten, and here have them: each is changed as it is imported, and left alone
in a version that the change is not for.
"""

import importlib.machinery
import sys
import types
from importlib.abc import Loader
from importlib.machinery import ModuleSpec


def install() -> None:
    sys.meta_path.insert(0, _Finder())


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in REPLACED:
            return ModuleSpec(name, _Replacement(REPLACED[name]), origin="frozen", is_package=True)
        if name not in CHANGED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _ChangingLoader(spec.loader, CHANGED[name])
        return spec


class _Replacement(Loader):
    def __init__(self, fill) -> None:
        self._fill = fill

    def exec_module(self, module):
        self._fill(module)


class _ChangingLoader(Loader):
    def __init__(self, native, change) -> None:
        self._native, self._change = native, change

    def create_module(self, spec):
        return self._native.create_module(spec)

    def exec_module(self, module):
        self._native.exec_module(module)
        self._change(module)

    def __getattr__(self, name):
        return getattr(self._native, name)


def _keep_sockets_in_urllib3(module: types.ModuleType) -> None:
    """urllib3 from 2.2 on calls this when it runs on Emscripten, to have its connections made by XMLHttpRequest."""
    vars(module)["inject_into_urllib3"] = lambda: None


def _give_httpx_its_transport(module: types.ModuleType) -> None:
    """httpx 0.28 of the distribution, a fork: on Emscripten it would send through JavaScript's fetch."""
    if not hasattr(module, "JavascriptFetchTransport"):
        return
    from httpx._transports.httpcore import AsyncHTTPCoreTransport, HTTPCoreTransport

    vars(module).update(HTTPTransport=HTTPCoreTransport, AsyncHTTPTransport=AsyncHTTPCoreTransport)


REPLACED = {"urllib3.contrib.emscripten": _keep_sockets_in_urllib3}
CHANGED = {"httpx._transports": _give_httpx_its_transport}
