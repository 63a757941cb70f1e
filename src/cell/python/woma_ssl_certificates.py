"""Certificates (RFC 5280) as ssl tells of them."""

import binascii
import functools
import re
from dataclasses import dataclass

import woma_ssl_der as der
import woma_ssl_objects

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_BASIC_CONSTRAINTS = "2.5.29.19"
_ALTERNATIVE_NAMES = "2.5.29.17"
_AUTHORITY_INFORMATION = "1.3.6.1.5.5.7.1.1"
_REVOCATION_LISTS = "2.5.29.31"
_OCSP = "1.3.6.1.5.5.7.48.1"
_ISSUERS = "1.3.6.1.5.5.7.48.2"


@dataclass(frozen=True)
class Certificate:
    version: int
    serial: int
    issuer: der.Element
    validity: tuple[der.Element, der.Element]
    subject: der.Element
    # By dotted numbers: whether it is critical, and what is in it.
    extensions: dict[str, tuple[bool, bytes]]

    @property
    def basic_constraints(self) -> tuple[bool, int | None] | None:
        """Whether it may issue others, and how long a way below it may be; None when it says nothing."""
        if _BASIC_CONSTRAINTS not in self.extensions:
            return None
        fields = der.element(self.extensions[_BASIC_CONSTRAINTS][1]).children()
        is_authority = bool(fields) and fields[0].tag == 0x01 and fields[0].value != b"\x00"
        lengths = [int.from_bytes(each.value) for each in fields if each.tag == der.INTEGER]
        return is_authority, lengths[0] if lengths else None

    @property
    def is_authority(self) -> bool:
        """As OpenSSL counts them: old certificates of their own issuer are, too."""
        constraints = self.basic_constraints
        if constraints is not None:
            return constraints[0]
        return self.version == 1 and self.issuer.whole == self.subject.whole


@functools.lru_cache(64)
def read(data: bytes) -> Certificate:
    """Raises ValueError when it is no certificate."""
    whole = der.element(data)
    parts = whole.children() if whole.tag == der.SEQUENCE else []
    if len(parts) != 3 or parts[0].tag != der.SEQUENCE:
        raise ValueError("not a certificate")
    fields = parts[0].children()
    version = 1
    if fields and fields[0].tag == 0xA0:
        version = int.from_bytes(der.element(fields.pop(0).value).value) + 1
    if len(fields) < 6 or [each.tag for each in fields[:6]] != [der.INTEGER, *[der.SEQUENCE] * 5]:
        raise ValueError("not a certificate")
    serial, _, issuer, validity, subject = fields[:5]
    before, after = validity.children()
    return Certificate(
        version=version,
        serial=int.from_bytes(serial.value, signed=True),
        issuer=issuer,
        validity=(before, after),
        subject=subject,
        extensions=_extensions(fields),
    )


def describe(data: bytes) -> dict:
    """The dictionary that getpeercert() gives."""
    certificate = read(data)
    before, after = certificate.validity
    described: dict = {
        "subject": _name(certificate.subject),
        "issuer": _name(certificate.issuer),
        "version": certificate.version,
        "serialNumber": _hexadecimal(certificate.serial),
        "notBefore": _moment(before),
        "notAfter": _moment(after),
    }
    if _ALTERNATIVE_NAMES in certificate.extensions:
        names = der.element(certificate.extensions[_ALTERNATIVE_NAMES][1]).children()
        described["subjectAltName"] = tuple(_general_name(each) for each in names)
    for key, method in (("OCSP", _OCSP), ("caIssuers", _ISSUERS)):
        if found := _access_addresses(certificate, method):
            described[key] = found
    if found := _revocation_addresses(certificate):
        described["crlDistributionPoints"] = found
    return described


def from_pem(text: str) -> list[bytes]:
    """The certificates in a PEM file, in DER. Raises ValueError for one that is broken."""
    return [_from_base64(block) for block in _BLOCK.findall(text)]


def to_pem(certificates: list[bytes]) -> str:
    lines = (binascii.b2a_base64(each, newline=False).decode() for each in certificates)
    return "".join(f"-----BEGIN CERTIFICATE-----\n{line}\n-----END CERTIFICATE-----\n" for line in lines)


_BLOCK = re.compile(
    r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----\s*(.*?)-----END (?:X509 |TRUSTED )?CERTIFICATE-----", re.S
)


def _from_base64(text: str) -> bytes:
    data = binascii.a2b_base64("".join(text.split()), strict_mode=True)
    # A trusted certificate has more behind it.
    return der.element(data).whole


def _extensions(fields: list[der.Element]) -> dict[str, tuple[bool, bytes]]:
    found = {}
    for field in fields[6:]:
        if field.tag != 0xA3:
            continue
        for extension in der.element(field.value).children():
            name, *rest = extension.children()
            critical = rest[0].tag == 0x01 and rest[0].value != b"\x00"
            found[der.object_identifier(name.value)] = (critical, rest[-1].value)
    return found


def _name(name: der.Element) -> tuple:
    return tuple(tuple(_attribute(each) for each in part.children()) for part in name.children())


def _attribute(attribute: der.Element) -> tuple[str, str]:
    kind, value = attribute.children()
    dotted = der.object_identifier(kind.value)
    return woma_ssl_objects.LONG_NAMES.get(dotted, dotted), der.text(value)


def _general_name(name: der.Element) -> tuple:
    match name.tag:
        case 0x81 | 0x82 | 0x86:
            return {0x81: "email", 0x82: "DNS", 0x86: "URI"}[name.tag], name.value.decode("utf-8", "replace")
        case 0xA4:
            return "DirName", _name(der.element(name.value))
        case 0x87:
            return "IP Address", _address(name.value)
        case 0x88:
            return "Registered ID", der.object_identifier(name.value)
    return {0xA0: "othername", 0xA3: "X400Name", 0xA5: "EdiPartyName"}.get(name.tag, "unknown"), "<unsupported>"


def _address(value: bytes) -> str:
    if len(value) == 4:
        return ".".join(str(byte) for byte in value)
    if len(value) == 16:
        return ":".join(f"{int.from_bytes(value[at : at + 2]):X}" for at in range(0, 16, 2))
    return "<invalid>"


def _access_addresses(certificate: Certificate, method: str) -> tuple[str, ...]:
    if _AUTHORITY_INFORMATION not in certificate.extensions:
        return ()
    found = []
    for access in der.element(certificate.extensions[_AUTHORITY_INFORMATION][1]).children():
        kind, place = access.children()
        if der.object_identifier(kind.value) == method and place.tag == 0x86:
            found.append(place.value.decode("utf-8", "replace"))
    return tuple(found)


def _revocation_addresses(certificate: Certificate) -> tuple[str, ...]:
    if _REVOCATION_LISTS not in certificate.extensions:
        return ()
    found = []
    for point in der.element(certificate.extensions[_REVOCATION_LISTS][1]).children():
        for field in point.children():
            names = der.elements(field.value) if field.tag == 0xA0 else []
            for full in names:
                found += [each.value.decode("utf-8", "replace") for each in full.children() if each.tag == 0x86]
    return tuple(found)


def _hexadecimal(number: int) -> str:
    digits = f"{abs(number):X}"
    return ("-" if number < 0 else "") + digits.zfill(len(digits) + len(digits) % 2)


def _moment(time: der.Element) -> str:
    """As OpenSSL prints it: the day with a space before it."""
    digits = time.value.decode("ascii", "replace").rstrip("Z")
    if time.tag == der.UTC_TIME:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    year, month, day, hour, minute, second = digits[:4], *(digits[at : at + 2] for at in range(4, 14, 2))
    return f"{_MONTHS[int(month) - 1]} {int(day):2d} {hour}:{minute}:{second or '00'} {year} GMT"
