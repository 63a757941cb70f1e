"""What an SSLContext is told for servers, which there are none of, and for what BoringSSL has not."""

import os
import ssl

from woma_ssl_versions import warn

_CURVES = ("prime256v1", "secp256r1", "P-256", "secp384r1", "P-384", "secp521r1", "P-521", "X25519")


class ForServers:
    _protocol: int
    _sni_callback: object
    _num_tickets: int

    def set_npn_protocols(self, npn_protocols) -> None:
        warn("ssl NPN is deprecated, use ALPN instead")

    def set_ecdh_curve(self, name, /) -> None:
        curve = os.fsdecode(name)
        if curve not in _CURVES:
            raise ValueError(f"unknown elliptic curve name {curve!r}")

    def load_dh_params(self, path, /) -> None:
        # For servers, which there are none of.
        with open(path, "rb"):
            pass

    @property
    def sni_callback(self):
        return self._sni_callback

    @sni_callback.setter
    def sni_callback(self, value):
        if self._protocol == ssl.PROTOCOL_TLS_CLIENT:
            raise ValueError("sni_callback cannot be set on TLS_CLIENT context")
        self.set_servername_callback(value)

    def set_servername_callback(self, server_name_callback) -> None:
        if server_name_callback is not None and not callable(server_name_callback):
            raise TypeError("not a callable object")
        self._sni_callback = server_name_callback

    @property
    def num_tickets(self) -> int:
        return self._num_tickets

    @num_tickets.setter
    def num_tickets(self, value):
        if integer(value) < 0:
            raise ValueError("value must be non-negative")
        if self._protocol != ssl.PROTOCOL_TLS_SERVER:
            raise ValueError("SSLContext is not a server context.")
        self._num_tickets = value

    def session_stats(self) -> dict[str, int]:
        return dict.fromkeys(_STATISTICS, 0)

    def set_psk_client_callback(self, callback) -> None:
        raise NotImplementedError("TLS-PSK is not supported by your OpenSSL version.")

    def set_psk_server_callback(self, callback, identity_hint=None) -> None:
        raise NotImplementedError("TLS-PSK is not supported by your OpenSSL version.")


def integer(value) -> int:
    if not hasattr(type(value), "__index__"):
        raise TypeError(f"{type(value).__name__!r} object cannot be interpreted as an integer")
    return int(value)


_STATISTICS = (
    "number",
    "connect",
    "connect_good",
    "connect_renegotiate",
    "accept",
    "accept_good",
    "accept_renegotiate",
    "hits",
    "misses",
    "timeouts",
    "cache_full",
)
