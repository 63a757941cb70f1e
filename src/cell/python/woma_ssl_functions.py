"""Functions of ssl that Pyodide's module has not, or not as they should be."""

import os
import ssl
import sys
from collections import namedtuple
from enum import Enum
from socket import create_connection
from typing import Any


class _ASN1Object(namedtuple("_ASN1Object", "nid shortname longname oid")):
    """ASN.1 object identifier lookup"""

    __module__ = "ssl"
    __slots__ = ()

    def __new__(cls, oid):
        return super().__new__(cls, *ssl._txt2obj(oid, name=False))

    @classmethod
    def fromnid(cls, nid):
        """Create _ASN1Object from OpenSSL numeric ID"""
        return super().__new__(cls, *ssl._nid2obj(nid))

    @classmethod
    def fromname(cls, name):
        """Create _ASN1Object from short name, long name or OID"""
        return super().__new__(cls, *ssl._txt2obj(name, name=True))


class Purpose(_ASN1Object, Enum):
    """SSLContext purpose flags with X509v3 Extended Key Usage objects"""

    __module__ = "ssl"

    SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
    CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"


def create_default_context(purpose: Any = Purpose.SERVER_AUTH, *, cafile=None, capath=None, cadata=None):
    """Create a SSLContext object with default settings.

    NOTE: The protocol and settings may change anytime without prior
          deprecation. The values represent a fair balance between maximum
          compatibility and security.
    """
    context = ssl.SSLContext(_protocol_for(purpose))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    if cafile or capath or cadata:
        context.load_verify_locations(cafile, capath, cadata)
    elif context.verify_mode != ssl.CERT_NONE:
        context.load_default_certs(purpose)
    _log_keys(context)
    return context


def _create_unverified_context(
    protocol=None,
    *,
    cert_reqs=ssl.CERT_NONE,
    check_hostname=False,
    purpose: Any = Purpose.SERVER_AUTH,
    certfile: Any = None,
    keyfile: Any = None,
    cafile=None,
    capath=None,
    cadata=None,
):
    """Create a SSLContext object for Python stdlib modules

    All Python stdlib modules shall use this function to create SSLContext
    objects in order to keep common settings in one place. The configuration
    is less restrict than create_default_context()'s to increase backward
    compatibility.
    """
    default = _protocol_for(purpose)
    context = ssl.SSLContext(default if protocol is None else protocol)
    context.check_hostname = check_hostname
    if cert_reqs is not None:
        context.verify_mode = cert_reqs
    if check_hostname:
        context.check_hostname = True
    if keyfile and not certfile:
        raise ValueError("certfile must be specified")
    if certfile or keyfile:
        context.load_cert_chain(certfile, keyfile)
    if cafile or capath or cadata:
        context.load_verify_locations(cafile, capath, cadata)
    elif context.verify_mode != ssl.CERT_NONE:
        context.load_default_certs(purpose)
    _log_keys(context)
    return context


def get_server_certificate(
    addr, ssl_version=ssl.PROTOCOL_TLS_CLIENT, ca_certs=None, timeout=ssl._GLOBAL_DEFAULT_TIMEOUT
):
    """Retrieve the certificate from the server at the specified address,
    and return it as a PEM-encoded string.
    If 'ca_certs' is specified, validate the server cert against it.
    If 'ssl_version' is specified, use it in the connection attempt.
    If 'timeout' is specified, use it in the connection attempt.
    """
    host, _ = addr
    reliance = ssl.CERT_NONE if ca_certs is None else ssl.CERT_REQUIRED
    context = _create_unverified_context(ssl_version, cert_reqs=reliance, cafile=ca_certs)
    with create_connection(addr, timeout=timeout) as sock, context.wrap_socket(sock, server_hostname=host) as wrapped:
        certificate: Any = wrapped.getpeercert(True)
    return ssl.DER_cert_to_PEM_cert(certificate)


def add_to(module) -> None:
    for each in (_ASN1Object, Purpose, create_default_context, _create_unverified_context, get_server_certificate):
        each.__module__ = "ssl"
        setattr(module, each.__name__, each)
    module._create_default_https_context = create_default_context
    module._create_stdlib_context = _create_unverified_context


def _protocol_for(purpose):
    if not isinstance(purpose, _ASN1Object):
        raise TypeError(purpose)
    if purpose not in (Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH):
        raise ValueError(purpose)
    return ssl.PROTOCOL_TLS_CLIENT if purpose == Purpose.SERVER_AUTH else ssl.PROTOCOL_TLS_SERVER


def _log_keys(context) -> None:
    path = os.environ.get("SSLKEYLOGFILE")
    if path and not sys.flags.ignore_environment:
        context.keylog_filename = path
