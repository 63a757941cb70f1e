"""What of JavaScript a program sees: the module `js`, which holds what woma gives and nothing else."""

import sys
import types
from importlib.machinery import ModuleSpec
from typing import Any

import _pyodide._importhook
import pyodide._package_loader
import pyodide.webloop
from woma_abort import AbortController, AbortSignal
from woma_bodies import Blob, File, FormData, URLSearchParams
from woma_fetch import Request, fetch
from woma_headers import Headers
from woma_objects import JSON, Object, Uint8Array
from woma_refusals import NO_JAVASCRIPT
from woma_responses import Response
from woma_xhr import XMLHttpRequest

# What woma gives, by the names it has in `js`: what programs need for HTTP.
_PARTS = (
    *(AbortController, AbortSignal, Headers, Request, Response, XMLHttpRequest, fetch),
    *(Blob, File, FormData, JSON, Object, URLSearchParams, Uint8Array),
)
GIVEN: dict[str, object] = {part.__name__: part for part in _PARTS}


def install() -> None:
    """Takes away what Pyodide's own Python holds of the host. A snapshot is made only when nothing is left."""
    for name in ("js", "pyodide_js", "pyodide_js._api"):
        proxy: Any = sys.modules.pop(name)
        # A circle that the garbage collector does not see.
        proxy.__spec__.loader.jsproxy = None
    # Imported by way of this finder, `js` can be hidden by a module of that name beside the script.
    _pyodide._importhook.jsfinder.jsproxies = {"js": _new_js()}
    pyodide._package_loader.loadedPackages = types.SimpleNamespace()
    pyodide.webloop.scheduleCallback = _refuse_call


class _Js(types.ModuleType):
    def __getattr__(self, name):
        raise AttributeError(f"module 'js' has no attribute {name!r}: {NO_JAVASCRIPT}", name=name, obj=self)

    def __setattr__(self, name, value):
        raise AttributeError(f"module 'js' cannot be changed: {NO_JAVASCRIPT}", name=name, obj=self)

    def __delattr__(self, name):
        self.__setattr__(name, None)

    def __dir__(self):
        return sorted(GIVEN)

    def __repr__(self):
        return "<module 'js' (woma)>"


def _new_js() -> types.ModuleType:
    spec = ModuleSpec("js", None, origin=NO_JAVASCRIPT)
    # CPython ends the message of a failed `from js import name` with the place that the module is from.
    spec.has_location = True
    js = _Js("js")
    vars(js).update(GIVEN, __spec__=spec)
    return js


def _refuse_call(*args, **kwargs):
    raise RuntimeError(NO_JAVASCRIPT)
