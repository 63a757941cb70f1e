"""Pyodide's own HTTP functions, unchanged, over what a cell has in the place of a browser's."""

import sys
from typing import Any

import pyodide.http
from pyodide.ffi import JsException
from pyodide.http import _exceptions, _pyfetch, pyxhr
from woma_abort import AbortController, AbortSignal
from woma_fetch import Request, fetch
from woma_objects import Object
from woma_xhr import XMLHttpRequest


def install() -> None:
    """They have looked into `js` while there was nothing in it."""
    pyodide.http.XMLHttpRequest = pyxhr.XMLHttpRequest = XMLHttpRequest
    pyxhr.JsException = JsException
    _pyfetch.AbortController = AbortController
    _pyfetch.AbortSignal = AbortSignal
    _pyfetch.Request = Request
    _pyfetch.Object = Object
    _pyfetch._jsfetch = fetch
    _pyfetch.abortSignalAny = AbortSignal.any
    # What is Python's already need not become JavaScript's: its finalizers never run here, and would keep it.
    _pyfetch.to_js = _unchanged
    _pyfetch.AbortError = _abort_error
    _exceptions.XHRNetworkError.__init__ = _explain


def _unchanged(value, **options):
    return value


def _abort_error(reason: Any) -> Any:
    """Pyodide asks the signal for the reason even where it is the network that has failed."""
    failure: Any = sys.exception() if reason is None else reason
    return pyodide.http.AbortError(failure)


def _explain(self, message="Network error occurred"):
    """Says why, as the exception that it is raised for does."""
    cause: Any = sys.exception()
    super(_exceptions.XHRNetworkError, self).__init__(
        f"{message}: {cause.message}" if isinstance(cause, JsException) else message
    )
