"""SSLContext: the rules of connections, kept here and carried out by the broker."""

import errno
import os
import ssl

import woma_sockets
import woma_ssl_broker
import woma_ssl_certificates
import woma_ssl_ciphers
import woma_ssl_keys
import woma_ssl_versions
from woma_ssl_authorities import Authorities
from woma_ssl_servers import ForServers, integer
from woma_ssl_versions import warn

_DEFAULT_OPTIONS = 0x82520050
_LONGEST_OPTIONS = 1 << 64


class SSLContext(ForServers):
    """An SSLContext holds various SSL-related configuration options and
    data, such as certificates and possibly a private key."""

    __module__ = "ssl"

    _windows_cert_stores = ("CA", "ROOT")

    sslsocket_class: type
    sslobject_class: type

    def __new__(cls, protocol=None, *args, **kwargs):
        if protocol is None:
            warn("ssl.SSLContext() without protocol argument is deprecated.")
            protocol = ssl.PROTOCOL_TLS
        self = super().__new__(cls)
        self._begin(protocol)
        return self

    def _begin(self, protocol) -> None:
        number = integer(protocol)
        if number not in ssl._SSLMethod._value2member_map_:
            raise ValueError(f"invalid or unsupported protocol version {number}")
        self._protocol = ssl._SSLMethod(number)
        if number not in (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER):
            warn(f"ssl.{self._protocol.name} is deprecated")
        is_client = number == ssl.PROTOCOL_TLS_CLIENT
        self._post_handshake_auth = False
        self._check_hostname = is_client
        self._verify_mode = ssl.CERT_REQUIRED if is_client else ssl.CERT_NONE
        self._verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST
        self._options = _DEFAULT_OPTIONS
        self._versions = woma_ssl_versions.Versions(self._protocol)
        self._host_flags = ssl._ssl.HOSTFLAG_NO_PARTIAL_WILDCARDS
        self._authorities = Authorities()
        self._keys = woma_ssl_keys.NONE
        self._protocols: list[str] = []
        self._ciphers, self._security_level = woma_ssl_ciphers.choose(ssl._DEFAULT_CIPHERS)
        self._keylog_filename = None
        self._sni_callback = None
        self._message_callback = None
        self._num_tickets = 2
        self._made = None

    def __init__(self, *args, **kwargs) -> None:
        pass

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    def wrap_socket(
        self,
        sock,
        server_side=False,
        do_handshake_on_connect=True,
        suppress_ragged_eofs=True,
        server_hostname=None,
        session=None,
    ):
        return self.sslsocket_class._create(
            sock=sock,
            server_side=server_side,
            do_handshake_on_connect=do_handshake_on_connect,
            suppress_ragged_eofs=suppress_ragged_eofs,
            server_hostname=server_hostname,
            context=self,
            session=session,
        )

    def wrap_bio(self, incoming, outgoing, server_side=False, server_hostname=None, session=None):
        return self.sslobject_class._create(
            incoming,
            outgoing,
            server_side=server_side,
            server_hostname=self._encode_hostname(server_hostname),
            session=session,
            context=self,
        )

    def _encode_hostname(self, hostname):
        if hostname is None:
            return None
        return hostname.encode("idna").decode("ascii") if isinstance(hostname, str) else hostname.decode("ascii")

    def _check_peer(self, server_side: bool, server_hostname: str | None) -> None:
        """What stands in the way of a connection by these rules."""
        if server_side:
            raise OSError(errno.EOPNOTSUPP, woma_sockets.NO_SERVERS)
        if self._protocol == ssl.PROTOCOL_TLS_SERVER:
            error = ssl.SSLError(0, "Cannot create a client socket with a PROTOCOL_TLS_SERVER context (_ssl.c:841)")
            error.library = error.reason = None
            raise error
        if server_hostname is not None:
            if not server_hostname or server_hostname.startswith("."):
                raise ValueError("server_hostname cannot be an empty string or start with a leading dot.")
            if "\0" in server_hostname:
                raise TypeError("argument must be encoded string without null bytes, not str")

    def _broker_context(self) -> woma_ssl_broker.Handle:
        lowest, highest = self._versions.range(self._options)
        needs_host = "chain-and-host" if self._check_hostname else "chain"
        rules = {
            **self._keys.settings(),
            "ciphers": self._ciphers,
            "minimumVersion": lowest,
            "maximumVersion": highest,
            "protocols": self._protocols,
            "verification": "none" if self._verify_mode == ssl.CERT_NONE else needs_host,
            "commonNames": self.hostname_checks_common_name,
            "partialChain": bool(self._verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN),
            "keylog": self._keylog_filename is not None,
        }
        # Certificates are many: they are written down again when there are others only.
        made = (rules, self._authorities.revision)
        if self._made is None or self._made[0] != made:
            trusted = {"defaultRoots": self._authorities.has_defaults, "authorities": self._authorities.to_pem()}
            self._made = (made, woma_ssl_broker.context_for({**trusted, **rules}))
        return self._made[1]

    # Who is trusted.

    def load_verify_locations(self, cafile=None, capath=None, cadata=None) -> None:
        if cafile is None and capath is None and cadata is None:
            raise TypeError("cafile, capath and cadata cannot be all omitted")
        for name, path in (("cafile", cafile), ("capath", capath)):
            if path is not None and not isinstance(path, (str, bytes, os.PathLike)):
                raise TypeError(f"{name} should be a valid filesystem path")
        if cadata is not None:
            self._authorities.add_data(cadata)
        if cafile is not None:
            self._authorities.add_file(cafile)
        if capath is not None:
            self._authorities.add_directory(capath)

    def load_default_certs(self, purpose=None) -> None:
        purpose = ssl.Purpose.SERVER_AUTH if purpose is None else purpose
        if not isinstance(purpose, ssl._ASN1Object):
            raise TypeError(purpose)
        self.set_default_verify_paths()

    def set_default_verify_paths(self) -> None:
        self._authorities.add_defaults()

    def cert_store_stats(self) -> dict[str, int]:
        known = self._authorities.known()
        authorities = sum(woma_ssl_certificates.read(each).is_authority for each in known)
        return {"x509": len(known), "crl": 0, "x509_ca": authorities}

    def get_ca_certs(self, binary_form=False) -> list:
        known = [each for each in self._authorities.known() if woma_ssl_certificates.read(each).is_authority]
        return known if binary_form else [woma_ssl_certificates.describe(each) for each in known]

    def load_cert_chain(self, certfile, keyfile=None, password=None) -> None:
        keys = woma_ssl_keys.load(certfile, keyfile, password)
        keys.check()
        self._keys = keys

    # What is agreed on.

    def set_ciphers(self, cipherlist, /) -> None:
        if not isinstance(cipherlist, str):
            raise TypeError(f"set_ciphers() argument must be str, not {type(cipherlist).__name__}")
        chosen, level = woma_ssl_ciphers.choose(cipherlist)
        if not chosen:
            raise ssl.SSLError("No cipher can be selected.")
        self._ciphers = chosen
        self._security_level = self._security_level if level is None else level

    def get_ciphers(self) -> list[dict]:
        return woma_ssl_ciphers.describe(self._ciphers)

    def set_alpn_protocols(self, alpn_protocols) -> None:
        protocols = [str(bytes(each, "ascii"), "ascii") for each in alpn_protocols]
        if any(not 0 < len(each) < 256 for each in protocols):
            raise ssl.SSLError("ALPN protocols must be 1 to 255 in length")
        self._protocols = protocols

    @property
    def protocol(self):
        return self._protocol

    @property
    def security_level(self) -> int:
        return self._security_level if self._security_level is not None else 2

    @property
    def minimum_version(self):
        return self._versions.minimum

    @minimum_version.setter
    def minimum_version(self, value):
        self._versions.set_minimum(integer(value))

    @property
    def maximum_version(self):
        return self._versions.maximum

    @maximum_version.setter
    def maximum_version(self, value):
        self._versions.set_maximum(integer(value))

    @property
    def options(self):
        return ssl.Options(self._options)

    @options.setter
    def options(self, value):
        number = _flags(value)
        if number < 0:
            raise OverflowError("can't convert negative int to unsigned")
        if number >= _LONGEST_OPTIONS:
            raise OverflowError("int too big to convert")
        woma_ssl_versions.warn_of_options(number & ~self._options)
        self._options = number

    # How a peer is looked at.

    @property
    def check_hostname(self) -> bool:
        return self._check_hostname

    @check_hostname.setter
    def check_hostname(self, value):
        self._check_hostname = bool(value)
        if self._check_hostname and self._verify_mode == ssl.CERT_NONE:
            self._verify_mode = ssl.CERT_REQUIRED

    @property
    def hostname_checks_common_name(self) -> bool:
        return not self._host_flags & ssl._ssl.HOSTFLAG_NEVER_CHECK_SUBJECT

    @hostname_checks_common_name.setter
    def hostname_checks_common_name(self, value):
        if value:
            self._host_flags &= ~ssl._ssl.HOSTFLAG_NEVER_CHECK_SUBJECT
        else:
            self._host_flags |= ssl._ssl.HOSTFLAG_NEVER_CHECK_SUBJECT

    @property
    def verify_mode(self):
        return ssl.VerifyMode(self._verify_mode)

    @verify_mode.setter
    def verify_mode(self, value):
        number = integer(value)
        if number not in (ssl.CERT_NONE, ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED):
            raise ValueError("invalid value for verify_mode")
        if number == ssl.CERT_NONE and self._check_hostname:
            raise ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
        self._verify_mode = number

    @property
    def verify_flags(self):
        return ssl.VerifyFlags(self._verify_flags)

    @verify_flags.setter
    def verify_flags(self, value):
        self._verify_flags = _flags(value)

    # What is told, and to whom.

    @property
    def keylog_filename(self):
        return self._keylog_filename

    @keylog_filename.setter
    def keylog_filename(self, value):
        if value is not None:
            with open(value, "a"):
                pass
        self._keylog_filename = value

    @property
    def post_handshake_auth(self) -> bool:
        """Kept, and not offered: BoringSSL has none, and a server that is not offered it does not ask."""
        return self._post_handshake_auth

    @post_handshake_auth.setter
    def post_handshake_auth(self, value):
        self._post_handshake_auth = bool(value)

    @property
    def _msg_callback(self):
        return self._message_callback

    @_msg_callback.setter
    def _msg_callback(self, callback):
        if callback is not None and not callable(callback):
            raise TypeError(f"{callback} is not callable.")
        self._message_callback = callback


def _flags(value) -> int:
    if not isinstance(value, int):
        raise TypeError(f"argument must be int, not {type(value).__name__ if value is not None else None}")
    return int(value)
