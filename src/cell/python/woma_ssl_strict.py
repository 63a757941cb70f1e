"""VERIFY_X509_STRICT: what OpenSSL asks of certificates beyond what all do, in its order and words."""

import functools

import woma_ssl_certificates
import woma_ssl_der as der

_KEY_IDENTIFIER = "2.5.29.14"
_KEY_USAGE = "2.5.29.15"
_ALTERNATIVE_NAMES = "2.5.29.17"
_BASIC_CONSTRAINTS = "2.5.29.19"
_AUTHORITY_KEY_IDENTIFIER = "2.5.29.35"

_CERTIFICATES_ARE_SIGNED = 0x04


@functools.lru_cache(32)
def fault(chain: tuple[bytes, ...]) -> tuple[int, str] | None:
    """The number and the words of what is wrong with a chain, the server's certificate first; None when nothing is."""
    if len(chain) < 2:
        return None
    for position, data in enumerate(chain):
        certificate = woma_ssl_certificates.read(data)
        found = _fault(certificate, is_last=position == len(chain) - 1)
        if found is not None:
            return found
    return None


def _fault(certificate: woma_ssl_certificates.Certificate, *, is_last: bool) -> tuple[int, str] | None:
    extensions = certificate.extensions
    is_authority, longest = certificate.basic_constraints or (False, None)
    usage = _usage(certificate)
    signs = usage is None or bool(usage & _CERTIFICATES_ARE_SIGNED)
    names = extensions.get(_ALTERNATIVE_NAMES)
    if longest is not None and not is_authority:
        return 80, "Path length invalid for non-CA cert"
    if longest is not None and not signs:
        return 81, "Path length given without key usage keyCertSign"
    if is_authority and not extensions[_BASIC_CONSTRAINTS][0]:
        return 89, "Basic Constraints of CA cert not marked critical"
    if is_authority and usage is None:
        return 92, "CA cert does not include key usage extension"
    if not is_authority and usage is not None and signs:
        return 82, "Key usage keyCertSign invalid for non-CA cert"
    if not certificate.issuer.value:
        return 83, "Issuer name empty"
    if not certificate.subject.value and (is_authority or names is None):
        return 84, "Subject name empty"
    if not certificate.subject.value and names is not None and not names[0]:
        return 88, "Subject empty and Subject Alt Name extension not critical"
    if names is not None and not der.element(names[1]).value:
        return 87, "Empty Subject Alternative Name extension"
    return _identifier_fault(certificate, is_authority=is_authority, is_last=is_last)


def _identifier_fault(certificate, *, is_authority: bool, is_last: bool) -> tuple[int, str] | None:
    extensions = certificate.extensions
    issuer_key = extensions.get(_AUTHORITY_KEY_IDENTIFIER)
    own_key = extensions.get(_KEY_IDENTIFIER)
    if issuer_key is not None and issuer_key[0]:
        return 91, "Authority Key Identifier marked critical"
    if own_key is not None and own_key[0]:
        return 90, "Subject Key Identifier marked critical"
    if certificate.version < 3:
        return (93, "Using cert extension requires at least X509v3") if extensions else None
    if not is_last and (issuer_key is None or not _names_key(issuer_key[1])):
        return 85, "Missing Authority Key Identifier"
    if is_authority and own_key is None:
        return 86, "Missing Subject Key Identifier"
    return None


def _usage(certificate) -> int | None:
    if _KEY_USAGE not in certificate.extensions:
        return None
    bits = der.element(certificate.extensions[_KEY_USAGE][1]).value[1:2]
    return bits[0] if bits else 0


def _names_key(value: bytes) -> bool:
    return any(each.tag == 0x80 for each in der.element(value).children())
