"""Object identifiers that have names: as ssl looks them up, and as names in certificates are told."""

# By OpenSSL's number: short name, long name, dotted numbers.
_OBJECTS = {
    13: ("CN", "commonName", "2.5.4.3"),
    14: ("C", "countryName", "2.5.4.6"),
    15: ("L", "localityName", "2.5.4.7"),
    16: ("ST", "stateOrProvinceName", "2.5.4.8"),
    17: ("O", "organizationName", "2.5.4.10"),
    18: ("OU", "organizationalUnitName", "2.5.4.11"),
    48: ("emailAddress", "emailAddress", "1.2.840.113549.1.9.1"),
    49: ("unstructuredName", "unstructuredName", "1.2.840.113549.1.9.2"),
    82: ("subjectKeyIdentifier", "X509v3 Subject Key Identifier", "2.5.29.14"),
    83: ("keyUsage", "X509v3 Key Usage", "2.5.29.15"),
    85: ("subjectAltName", "X509v3 Subject Alternative Name", "2.5.29.17"),
    87: ("basicConstraints", "X509v3 Basic Constraints", "2.5.29.19"),
    90: ("authorityKeyIdentifier", "X509v3 Authority Key Identifier", "2.5.29.35"),
    99: ("GN", "givenName", "2.5.4.42"),
    100: ("SN", "surname", "2.5.4.4"),
    101: ("initials", "initials", "2.5.4.43"),
    105: ("serialNumber", "serialNumber", "2.5.4.5"),
    106: ("title", "title", "2.5.4.12"),
    107: ("description", "description", "2.5.4.13"),
    129: ("serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    130: ("clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
    131: ("codeSigning", "Code Signing", "1.3.6.1.5.5.7.3.3"),
    132: ("emailProtection", "E-mail Protection", "1.3.6.1.5.5.7.3.4"),
    133: ("timeStamping", "Time Stamping", "1.3.6.1.5.5.7.3.8"),
    173: ("name", "name", "2.5.4.41"),
    174: ("dnQualifier", "dnQualifier", "2.5.4.46"),
    391: ("DC", "domainComponent", "0.9.2342.19200300.100.1.25"),
    458: ("UID", "userId", "0.9.2342.19200300.100.1.1"),
    503: ("x500UniqueIdentifier", "x500UniqueIdentifier", "2.5.4.45"),
    509: ("generationQualifier", "generationQualifier", "2.5.4.44"),
    510: ("pseudonym", "pseudonym", "2.5.4.65"),
    660: ("street", "streetAddress", "2.5.4.9"),
    661: ("postalCode", "postalCode", "2.5.4.17"),
    860: ("businessCategory", "businessCategory", "2.5.4.15"),
    955: ("jurisdictionL", "jurisdictionLocalityName", "1.3.6.1.4.1.311.60.2.1.1"),
    956: ("jurisdictionST", "jurisdictionStateOrProvinceName", "1.3.6.1.4.1.311.60.2.1.2"),
    957: ("jurisdictionC", "jurisdictionCountryName", "1.3.6.1.4.1.311.60.2.1.3"),
    1089: ("organizationIdentifier", "organizationIdentifier", "2.5.4.97"),
}

LONG_NAMES = {dotted: long_name for _, long_name, dotted in _OBJECTS.values()}


def txt2obj(txt: str, name: bool = False) -> tuple[int, str, str, str]:
    """By dotted numbers; with `name` by either name, too."""
    for number, (short, long_name, dotted) in _OBJECTS.items():
        if txt == dotted or (name and txt in (short, long_name)):
            return number, short, long_name, dotted
    raise ValueError(f"unknown object '{txt[:100]}'")


def nid2obj(nid: int, /) -> tuple[int, str, str, str]:
    if nid < 0:
        raise ValueError("NID must be positive.")
    if nid not in _OBJECTS:
        raise ValueError(f"unknown NID {nid}")
    short, long_name, dotted = _OBJECTS[nid]
    return nid, short, long_name, dotted
