"""Cipher suites that woma's TLS has, and OpenSSL's language of choosing among them."""

import re
from typing import NamedTuple


class Suite(NamedTuple):
    number: int
    name: str
    protocol: str
    # As OpenSSL describes them: key exchange, authentication, encryption, check.
    exchange: str
    authentication: str
    encryption: str
    bits: int
    check: str

    def describe(self) -> dict:
        described = f"{self.name:30} {self.protocol:7} Kx={self.exchange:8} Au={self.authentication:5} "
        aead = self.check == "AEAD"
        return {
            "id": 0x03000000 | self.number,
            "name": self.name,
            "protocol": self.protocol,
            "description": f"{described}Enc={self.encryption:22} Mac={self.check:4}".rstrip(),
            "strength_bits": self.bits,
            "alg_bits": 168 if self.encryption.startswith("3DES") else self.bits,
            "aead": aead,
            "symmetric": _symmetric(self),
            "digest": None if aead else self.check.lower(),
            "kea": {"any": "kx-any", "ECDH": "kx-ecdhe", "RSA": "kx-rsa"}[self.exchange],
            "auth": f"auth-{self.authentication.lower()}",
        }


_GCM_128, _GCM_256, _CHACHA = "AESGCM(128)", "AESGCM(256)", "CHACHA20/POLY1305(256)"

# TLS 1.3 has these always.
_ALWAYS = (
    Suite(0x1302, "TLS_AES_256_GCM_SHA384", "TLSv1.3", "any", "any", _GCM_256, 256, "AEAD"),
    Suite(0x1303, "TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3", "any", "any", _CHACHA, 256, "AEAD"),
    Suite(0x1301, "TLS_AES_128_GCM_SHA256", "TLSv1.3", "any", "any", _GCM_128, 128, "AEAD"),
)

# In OpenSSL's order: the strongest first.
_CHOICE = (
    Suite(0xC02C, "ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2", "ECDH", "ECDSA", _GCM_256, 256, "AEAD"),
    Suite(0xC030, "ECDHE-RSA-AES256-GCM-SHA384", "TLSv1.2", "ECDH", "RSA", _GCM_256, 256, "AEAD"),
    Suite(0xCCA9, "ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2", "ECDH", "ECDSA", _CHACHA, 256, "AEAD"),
    Suite(0xCCA8, "ECDHE-RSA-CHACHA20-POLY1305", "TLSv1.2", "ECDH", "RSA", _CHACHA, 256, "AEAD"),
    Suite(0xC02B, "ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", "ECDH", "ECDSA", _GCM_128, 128, "AEAD"),
    Suite(0xC02F, "ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2", "ECDH", "RSA", _GCM_128, 128, "AEAD"),
    Suite(0xC023, "ECDHE-ECDSA-AES128-SHA256", "TLSv1.2", "ECDH", "ECDSA", "AES(128)", 128, "SHA256"),
    Suite(0xC027, "ECDHE-RSA-AES128-SHA256", "TLSv1.2", "ECDH", "RSA", "AES(128)", 128, "SHA256"),
    Suite(0xC00A, "ECDHE-ECDSA-AES256-SHA", "TLSv1.0", "ECDH", "ECDSA", "AES(256)", 256, "SHA1"),
    Suite(0xC014, "ECDHE-RSA-AES256-SHA", "TLSv1.0", "ECDH", "RSA", "AES(256)", 256, "SHA1"),
    Suite(0xC009, "ECDHE-ECDSA-AES128-SHA", "TLSv1.0", "ECDH", "ECDSA", "AES(128)", 128, "SHA1"),
    Suite(0xC013, "ECDHE-RSA-AES128-SHA", "TLSv1.0", "ECDH", "RSA", "AES(128)", 128, "SHA1"),
    Suite(0x009D, "AES256-GCM-SHA384", "TLSv1.2", "RSA", "RSA", _GCM_256, 256, "AEAD"),
    Suite(0x009C, "AES128-GCM-SHA256", "TLSv1.2", "RSA", "RSA", _GCM_128, 128, "AEAD"),
    Suite(0x0035, "AES256-SHA", "SSLv3", "RSA", "RSA", "AES(256)", 256, "SHA1"),
    Suite(0x002F, "AES128-SHA", "SSLv3", "RSA", "RSA", "AES(128)", 128, "SHA1"),
)

_BY_NAME = {suite.name: suite for suite in (*_ALWAYS, *_CHOICE)}


def find(name: str) -> Suite | None:
    return _BY_NAME.get(name)


def describe(names: list[str]) -> list[dict]:
    return [suite.describe() for suite in (*_ALWAYS, *(_BY_NAME[name] for name in names))]


def choose(rules: str) -> tuple[list[str], int | None]:
    """The suites before TLS 1.3 that a cipher string chooses, and the security level that it sets."""
    if rules.startswith("DEFAULT"):
        rules = "ALL:!aNULL:!eNULL" + rules.removeprefix("DEFAULT")
    chosen: list[Suite] = []
    left = list(_CHOICE)
    level = None
    for rule in re.findall(r"@[^:, ;@]*|[^:, ;@]+", rules):
        if rule == "@STRENGTH":
            chosen.sort(key=lambda suite: -suite.bits)
        elif rule.startswith("@SECLEVEL="):
            level = int(rule[10:]) if rule[10:].isdigit() else level
        elif rule[0] in "!-+":
            matching = [suite for suite in chosen if _matches(suite, rule[1:])]
            chosen = [suite for suite in chosen if suite not in matching]
            if rule[0] == "+":
                chosen += matching
            elif rule[0] == "-":
                left += matching
            else:
                left = [suite for suite in left if not _matches(suite, rule[1:])]
        else:
            matching = [suite for suite in left if _matches(suite, rule)]
            chosen += matching
            left = [suite for suite in left if suite not in matching]
    return [suite.name for suite in chosen], level


def _matches(suite: Suite, rule: str) -> bool:
    return suite.name == rule or all(_is(suite, word) for word in rule.split("+"))


def _is(suite: Suite, word: str) -> bool:
    if word in _EXCHANGES:
        return suite.exchange == _EXCHANGES[word]
    match word:
        case "ALL" | "COMPLEMENTOFALL" | "HIGH":
            return word != "COMPLEMENTOFALL"
        case "aRSA" | "aECDSA" | "ECDSA":
            return suite.authentication == word.removeprefix("a")
        case "AESGCM" | "CHACHA20":
            return suite.encryption.startswith(word)
        case "AES" | "AES128" | "AES256":
            return suite.encryption.startswith("AES") and (word == "AES" or suite.bits == int(word[3:]))
        case "SHA" | "SHA1" | "SHA256" | "SHA384":
            return suite.check == ("SHA1" if word == "SHA" else word)
        case "TLSv1.2" | "TLSv1.0" | "SSLv3":
            return suite.protocol == word
        case "TLSv1":
            return suite.protocol == "TLSv1.0"
    return False


_EXCHANGES = {
    **dict.fromkeys(("ECDH", "ECDHE", "EECDH", "kECDHE", "kEECDH"), "ECDH"),
    **dict.fromkeys(("RSA", "kRSA"), "RSA"),
}


def _symmetric(suite: Suite) -> str:
    if suite.encryption == _CHACHA:
        return "chacha20-poly1305"
    mode = "gcm" if suite.check == "AEAD" else "cbc"
    return f"aes-{suite.bits}-{mode}"
