"""The exceptions of ssl, and OpenSSL's words for what woma's broker says of a failure."""

import errno
import os

SSL_ERROR_SSL = 1
SSL_ERROR_WANT_READ = 2
SSL_ERROR_WANT_WRITE = 3
SSL_ERROR_ZERO_RETURN = 6
SSL_ERROR_EOF = 8

# Where CPython 3.14's own module reports from, as programs see it in messages.
AT_HANDSHAKE = 1081
AT_READ = 2711
AT_WRITE = 2558
AT_SHUTDOWN = 2850
AT_CERTIFICATE = 4166


class SSLError(OSError):
    """An error occurred in the SSL implementation."""

    __module__ = "ssl"

    def __str__(self) -> str:
        return self.strerror if isinstance(self.strerror, str) else str(self.args)


class SSLZeroReturnError(SSLError):
    """SSL/TLS session closed cleanly."""

    __module__ = "ssl"


class SSLWantReadError(SSLError):
    """Non-blocking SSL socket needs to read more data
    before the requested operation can be completed."""

    __module__ = "ssl"


class SSLWantWriteError(SSLError):
    """Non-blocking SSL socket needs to write more data
    before the requested operation can be completed."""

    __module__ = "ssl"


class SSLSyscallError(SSLError):
    """System error when attempting SSL operation."""

    __module__ = "ssl"


class SSLEOFError(SSLError):
    """SSL/TLS connection terminated abruptly."""

    __module__ = "ssl"


class SSLCertVerificationError(SSLError, ValueError):
    """A certificate could not be verified."""

    __module__ = "ssl"


def want_read(line: int) -> SSLError:
    return _numbered(SSLWantReadError, SSL_ERROR_WANT_READ, f"The operation did not complete (read) (_ssl.c:{line})")


def want_write(line: int) -> SSLError:
    return _numbered(SSLWantWriteError, SSL_ERROR_WANT_WRITE, f"The operation did not complete (write) (_ssl.c:{line})")


def zero_return(line: int) -> SSLError:
    text = f"TLS/SSL connection has been closed (EOF) (_ssl.c:{line})"
    return _numbered(SSLZeroReturnError, SSL_ERROR_ZERO_RETURN, text)


def ragged_end(line: int) -> SSLError:
    """The connection ended without the peer's word that it does."""
    text = f"[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:{line})"
    return _explained(SSLEOFError, SSL_ERROR_EOF, text, reason="UNEXPECTED_EOF_WHILE_READING")


def after_failure(line: int) -> SSLError:
    """What has failed once can do no more."""
    return _numbered(SSLEOFError, SSL_ERROR_EOF, f"EOF occurred in violation of protocol (_ssl.c:{line})")


def refused_protocol(reason: str, line: int) -> SSLError:
    reason, text = _REASONS.get(reason, (reason, reason.replace("_", " ").lower()))
    return _explained(SSLError, SSL_ERROR_SSL, f"[SSL: {reason}] {text} (_ssl.c:{line})", reason=reason)


def unverified(code: int, message: str, line: int) -> SSLError:
    text = f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {message} (_ssl.c:{line})"
    error = _explained(SSLCertVerificationError, SSL_ERROR_SSL, text, reason="CERTIFICATE_VERIFY_FAILED")
    error.verify_code = code
    error.verify_message = message
    return error


def of_failure(failure: dict, line: int) -> SSLError:
    """What the broker says of a connection's failure."""
    if failure["kind"] == "verification":
        return unverified(failure["code"], failure["reason"], line)
    return ragged_end(line) if failure["kind"] == "ended" else refused_protocol(failure["reason"], line)


def of_settings(reason: str) -> SSLError:
    """What it says of a certificate or a key that it cannot use."""
    if reason == "KEY_VALUES_MISMATCH":
        text = f"[X509: KEY_VALUES_MISMATCH] key values mismatch (_ssl.c:{AT_CERTIFICATE})"
        return _explained(SSLError, 116, text, reason=reason, library="X509")
    return pem_error("SSL")


def pem_error(library: str) -> SSLError:
    return _explained(SSLError, 524297, f"[{library}] PEM lib (_ssl.c:{AT_CERTIFICATE})", reason=None, library=library)


def no_certificate() -> SSLError:
    text = f"[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:{AT_CERTIFICATE})"
    return _explained(SSLError, 136, text, reason="NO_CERTIFICATE_OR_CRL_FOUND", library="X509")


def of_request(reply: dict) -> OSError:
    """A request that the broker refused, as the system call that it stands for would fail."""
    number = getattr(errno, reply["errno"], errno.EIO)
    return OSError(number, reply.get("reason") or os.strerror(number))


def _numbered(kind: type[SSLError], number: int, text: str) -> SSLError:
    return _explained(kind, number, text, reason=None, library=None)


def _explained(
    kind: type[SSLError], number: int, text: str, *, reason: str | None, library: str | None = "SSL"
) -> SSLError:
    error = kind(number, text)
    error.library = library
    error.reason = reason
    return error


# Where OpenSSL's name, or its words, are others than BoringSSL's name says.
_REASONS = {
    "NO_SUPPORTED_VERSIONS_ENABLED": ("NO_PROTOCOLS_AVAILABLE", "no protocols available"),
    "TLSV1_ALERT_CERTIFICATE_REQUIRED": ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"),
}
