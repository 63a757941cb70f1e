"""
Libraries that do without sockets on Emscripten, and here have them: each is changed as it is imported, and left alone
in a version that the change is not for.
"""

import types

import woma_changes


def install() -> None:
    woma_changes.replace("urllib3.contrib.emscripten", _keep_sockets_in_urllib3)
    woma_changes.change("httpx._transports", _give_httpx_its_transport)


def leave_alone() -> None:
    """For a program that has no sockets: these libraries' own ways on Emscripten serve it."""
    woma_changes.forget("urllib3.contrib.emscripten")
    woma_changes.forget("httpx._transports")


def _keep_sockets_in_urllib3(module: types.ModuleType) -> None:
    """urllib3 from 2.2 on calls this when it runs on Emscripten, to have its connections made by XMLHttpRequest."""
    vars(module)["inject_into_urllib3"] = lambda: None


def _give_httpx_its_transport(module: types.ModuleType) -> None:
    """httpx 0.28 of the distribution, a fork: on Emscripten it would send through JavaScript's fetch."""
    if not hasattr(module, "JavascriptFetchTransport"):
        return
    from httpx._transports.httpcore import AsyncHTTPCoreTransport, HTTPCoreTransport

    vars(module).update(HTTPTransport=HTTPCoreTransport, AsyncHTTPTransport=AsyncHTTPCoreTransport)
