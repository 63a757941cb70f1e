"""The numbers of _ssl: OpenSSL 3's, and what woma's TLS has."""

# BoringSSL does the work, as Bun has it; its interface here is that of this OpenSSL. Libraries ask for both words.
VERSION = "OpenSSL 3.0.0 (as spoken by BoringSSL in woma)"
VERSION_INFO = (3, 0, 0, 0, 0)

_ALERTS = {
    "RECORD_OVERFLOW": 22,
    "DECOMPRESSION_FAILURE": 30,
    "UNSUPPORTED_CERTIFICATE": 43,
    "CERTIFICATE_REVOKED": 44,
    "DECODE_ERROR": 50,
    "DECRYPT_ERROR": 51,
    "INSUFFICIENT_SECURITY": 71,
    "CERTIFICATE_UNOBTAINABLE": 111,
    "BAD_CERTIFICATE_STATUS_RESPONSE": 113,
    "BAD_CERTIFICATE_HASH_VALUE": 114,
    "UNKNOWN_PSK_IDENTITY": 115,
}

_OPTIONS = {
    "ALL": 0x80000050,
    "ENABLE_KTLS": 0x8,
    "ENABLE_MIDDLEBOX_COMPAT": 0x100000,
    "IGNORE_UNEXPECTED_EOF": 0x80,
    "NO_RENEGOTIATION": 0x40000000,
    "NO_SSLv2": 0,
    "SINGLE_DH_USE": 0,
    "SINGLE_ECDH_USE": 0,
}

_OTHERS = {
    "ENCODING_DER": 2,
    "HAS_ECDH": True,
    "HAS_PHA": False,
    "HAS_PSK": False,
    "HAS_TLS_UNIQUE": True,
    "HAS_TLSv1_3": True,
    "HOSTFLAG_ALWAYS_CHECK_SUBJECT": 0x1,
    "HOSTFLAG_MULTI_LABEL_WILDCARDS": 0x8,
    "HOSTFLAG_NEVER_CHECK_SUBJECT": 0x20,
    "HOSTFLAG_NO_PARTIAL_WILDCARDS": 0x4,
    "HOSTFLAG_NO_WILDCARDS": 0x2,
    "HOSTFLAG_SINGLE_LABEL_SUBDOMAINS": 0x10,
    "OPENSSL_VERSION": VERSION,
    "OPENSSL_VERSION_INFO": VERSION_INFO,
    "OPENSSL_VERSION_NUMBER": 0x30000000,
    "VERIFY_ALLOW_PROXY_CERTS": 0x40,
    "_DEFAULT_CIPHERS": "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM",
    "_OPENSSL_API_VERSION": VERSION_INFO,
}

# Windows has these two.
_ABSENT = ("enum_certificates", "enum_crls")


def correct(module) -> None:
    names = vars(module)
    names.update({f"ALERT_DESCRIPTION_{name}": value for name, value in _ALERTS.items()})
    names.update({f"OP_{name}": value for name, value in _OPTIONS.items()})
    names.update(_OTHERS)
    for name in _ABSENT:
        names.pop(name, None)
