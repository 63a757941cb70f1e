"""TLS with one peer, as the broker does it: what connections and pairs of buffers have in common."""

import binascii
import ssl
from typing import ClassVar

import woma_ssl_broker
import woma_ssl_certificates
import woma_ssl_ciphers
import woma_ssl_errors
import woma_ssl_strict
from woma_ssl_session import SSLSession


class Channel:
    """
    `target` says which: a descriptor, or the handle of an engine. It begins with the first thing that is asked of it,
    so that a session can be given until then.
    """

    server_side: ClassVar[bool] = False

    def __init__(self, context, server_hostname: str | None, session) -> None:
        self.context = context
        self.server_hostname = server_hostname
        self._session: SSLSession | None = None
        self._connection: dict | None = None
        self._has_failed = False
        self.set_session(session)

    # What a kind of it does.

    def target(self) -> dict:
        raise NotImplementedError

    def do_handshake(self) -> None:
        raise NotImplementedError

    # What all do.

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def begin(self, op: str, **where: int) -> dict:
        session = self._session._handle.number if self._session is not None else 0
        context = self.context._broker_context().number
        return woma_ssl_broker.ask(op, b"", context=context, hostname=self.server_hostname, session=session, **where)[0]

    def opened(self, status: dict) -> None:
        """The handshake is done; what the broker does not look at is looked at here."""
        if self._connection is None and status["connection"] is not None:
            self._connection = status["connection"]
            self._check_strictly()
        self.write_keylog(status)

    def failed(self, status: dict, line: int) -> OSError:
        """The failure, for the first who asks."""
        if self._has_failed:
            return woma_ssl_errors.after_failure(line)
        self._has_failed = True
        if status["failure"] is None:
            return woma_ssl_errors.ragged_end(line)
        return woma_ssl_errors.of_failure(status["failure"], line)

    def cut_off(self, line: int) -> OSError:
        """The connection has ended without the peer's word."""
        if self._has_failed:
            return woma_ssl_errors.after_failure(line)
        self._has_failed = True
        return woma_ssl_errors.ragged_end(line)

    def write_keylog(self, status: dict) -> None:
        if status["keylog"] and self.context.keylog_filename is not None:
            with open(self.context.keylog_filename, "a", encoding="ascii") as file:
                file.writelines(f"{line}\n" for line in status["keylog"])

    def certificates(self) -> list[bytes]:
        """The peer's first, and those above it as far as they are known, in DER."""
        return [binascii.a2b_base64(each) for each in self._connection["certificates"]] if self._connection else []

    def getpeercert(self, binary_form: bool = False):
        if not self.is_open:
            raise ValueError("handshake not done yet")
        certificates = self.certificates()
        if not certificates:
            return None
        if binary_form:
            return certificates[0]
        if self.context.verify_mode == ssl.CERT_NONE:
            return {}
        return woma_ssl_certificates.describe(certificates[0])

    def get_verified_chain(self) -> list[bytes]:
        if not self.is_open or self.context.verify_mode == ssl.CERT_NONE:
            return []
        return self.certificates()

    def get_unverified_chain(self) -> list[bytes]:
        """What the peer sent. A root certificate at the end is one of those that are trusted: no server sends it."""
        if not self.is_open:
            return []
        certificates = self.certificates()
        if len(certificates) < 2:
            return certificates
        last = woma_ssl_certificates.read(certificates[-1])
        return certificates[:-1] if last.issuer.whole == last.subject.whole else certificates

    def cipher(self) -> tuple[str, str, int] | None:
        if self._connection is None:
            return None
        name = self._connection["cipher"]
        suite = woma_ssl_ciphers.find(name)
        return (name, suite.protocol, suite.bits) if suite else (name, self._connection["version"], 0)

    def version(self) -> str | None:
        return self._connection["version"] if self._connection is not None else None

    def selected_alpn_protocol(self) -> str | None:
        return self._connection["protocol"] if self._connection is not None else None

    def get_channel_binding(self, cb_type: str) -> bytes | None:
        if cb_type not in ssl.CHANNEL_BINDING_TYPES:
            raise ValueError(f"{cb_type!r} channel binding type not implemented")
        finished = self._connection["finished"] if self._connection is not None else None
        return bytes.fromhex(finished) if finished is not None else None

    @property
    def session(self) -> SSLSession | None:
        if not self.is_open:
            return self._session
        reply, data = woma_ssl_broker.ask("tls-session", **self.target())
        if reply["session"] == 0:
            return None
        return SSLSession(woma_ssl_broker.Handle(reply["session"]), self.context, data)

    def set_session(self, session) -> None:
        if session is None:
            return
        if not isinstance(session, SSLSession):
            raise TypeError("Value is not a SSLSession.")
        if session._context is not self.context:
            raise ValueError("Session refers to a different SSLContext.")
        if self.is_open:
            raise ValueError("Cannot set session after handshake.")
        self._session = session

    @property
    def session_reused(self) -> bool:
        return self._connection is not None and self._connection["reused"]

    def _check_strictly(self) -> None:
        context = self.context
        if context.verify_mode == ssl.CERT_NONE or not context.verify_flags & ssl.VERIFY_X509_STRICT:
            return
        try:
            fault = woma_ssl_strict.fault(tuple(self.certificates()))
        except ValueError:
            fault = (1, "unspecified certificate verification error")
        if fault is not None:
            self._connection = None
            self._has_failed = True
            self.abandon()
            raise woma_ssl_errors.unverified(*fault, woma_ssl_errors.AT_HANDSHAKE)

    def abandon(self) -> None:
        raise NotImplementedError
