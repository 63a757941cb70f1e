"""Versions of TLS: the lowest and the highest that a context takes part in."""

import ssl
import sys
import warnings

# By Python's numbers; the broker's names.
_NAMES = {769: "TLSv1", 770: "TLSv1.1", 771: "TLSv1.2", 772: "TLSv1.3"}
_SSL3 = 768
_LOWEST, _HIGHEST = -2, -1

# That keep a version out.
_SHUT_OUT = {769: "OP_NO_TLSv1", 770: "OP_NO_TLSv1_1", 771: "OP_NO_TLSv1_2", 772: "OP_NO_TLSv1_3"}
_NO_SSL3 = 0x02000000


class Versions:
    def __init__(self, protocol) -> None:
        fixed = {ssl.PROTOCOL_TLSv1: 769, ssl.PROTOCOL_TLSv1_1: 770, ssl.PROTOCOL_TLSv1_2: 771}.get(protocol)
        self._fixed = fixed
        self._minimum = _LOWEST if fixed else 771
        self._maximum = _HIGHEST

    @property
    def minimum(self):
        return ssl.TLSVersion(self._minimum)

    @property
    def maximum(self):
        return ssl.TLSVersion(self._maximum)

    def set_minimum(self, number: int) -> None:
        self._check(number)
        self._minimum = 772 if number == _HIGHEST else number

    def set_maximum(self, number: int) -> None:
        self._check(number)
        self._maximum = 769 if number == _LOWEST else number

    def range(self, options: int) -> tuple[str, str]:
        """The broker's names of the lowest and the highest; when there is none between them, the lowest is above."""
        lowest = 769 if self._minimum in (_LOWEST, _SSL3) else self._minimum
        highest = 772 if self._maximum == _HIGHEST else self._maximum
        if self._fixed is not None:
            lowest = highest = self._fixed
        taken = [
            number
            for number, option in _SHUT_OUT.items()
            if lowest <= number <= highest and not options & getattr(ssl, option)
        ]
        if not taken:
            return "TLSv1.3", "TLSv1"
        # As OpenSSL: those below a gap are left out.
        lowest = highest = taken.pop()
        while taken and taken[-1] == lowest - 1:
            lowest = taken.pop()
        return _NAMES[lowest], _NAMES[highest]

    def _check(self, number: int) -> None:
        if self._fixed is not None:
            raise ValueError("The context's protocol doesn't support modification of highest and lowest version.")
        if number not in (_LOWEST, _HIGHEST, _SSL3, *_NAMES):
            raise ValueError(f"Unsupported TLS/SSL version 0x{number & 0xFFFFFFFF:x}")
        if number in (_SSL3, 769, 770):
            warn(f"ssl.TLSVersion.{ssl.TLSVersion(number).name} is deprecated")


def warn_of_options(new: int) -> None:
    shutting = sum(getattr(ssl, option) for option in _SHUT_OUT.values()) | _NO_SSL3
    if new & shutting:
        warn("ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated")


def warn(text: str) -> None:
    """A deprecation, of what the program did that called."""
    level = 1
    while sys._getframe(level).f_globals.get("__name__", "").startswith("woma_ssl"):
        level += 1
    warnings.warn(text, DeprecationWarning, stacklevel=level + 1)
