"""The modules ssl and _ssl: Pyodide's have the constants and do nothing; here the broker does the TLS."""

import importlib

import woma_changes
import woma_ssl_constants
import woma_ssl_errors
import woma_ssl_objects
import woma_ssl_session


def install() -> None:
    woma_changes.change("_ssl", _change_below)
    woma_changes.change("ssl", _change)
    # asyncio has imported them by now, and has kept what it needs of the exceptions.
    for name in ("_ssl", "ssl"):
        importlib.reload(importlib.import_module(name))
    import asyncio.sslproto
    import ssl

    asyncio.sslproto.SSLAgainErrors = (ssl.SSLWantReadError, ssl.SSLSyscallError)


def _change_below(module) -> None:
    woma_ssl_constants.correct(module)
    names = vars(module)
    names.update({name: getattr(woma_ssl_errors, name) for name in _EXCEPTIONS})
    names.update(
        SSLSession=woma_ssl_session.SSLSession,
        get_default_verify_paths=lambda: (
            "SSL_CERT_FILE",
            "/usr/lib/ssl/cert.pem",
            "SSL_CERT_DIR",
            "/usr/lib/ssl/certs",
        ),
        nid2obj=woma_ssl_objects.nid2obj,
        txt2obj=woma_ssl_objects.txt2obj,
    )


def _change(module) -> None:
    # They use what is in place by now.
    import woma_ssl_context
    import woma_ssl_functions
    import woma_ssl_memory
    import woma_ssl_object
    import woma_ssl_socket

    context = woma_ssl_context.SSLContext
    context.sslsocket_class = woma_ssl_socket.SSLSocket
    context.sslobject_class = woma_ssl_object.SSLObject
    below = module._ssl
    below._SSLContext = module._SSLContext = context
    below.MemoryBIO = module.MemoryBIO = woma_ssl_memory.MemoryBIO
    vars(module).update(
        SSLContext=context,
        SSLObject=woma_ssl_object.SSLObject,
        SSLSocket=woma_ssl_socket.SSLSocket,
        HAS_NEVER_CHECK_COMMON_NAME=True,
    )
    woma_ssl_functions.add_to(module)


_EXCEPTIONS = (
    "SSLError",
    "SSLZeroReturnError",
    "SSLWantReadError",
    "SSLWantWriteError",
    "SSLSyscallError",
    "SSLEOFError",
    "SSLCertVerificationError",
)
