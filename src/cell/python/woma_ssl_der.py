"""DER (X.690) as far as certificates need it."""

from typing import NamedTuple

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
OBJECT = 0x06
UTC_TIME = 0x17
SEQUENCE = 0x30


class Element(NamedTuple):
    tag: int
    value: bytes
    # With the tag and the length.
    whole: bytes

    def children(self) -> list[Element]:
        return elements(self.value)


def element(data: bytes, at: int = 0) -> Element:
    """The element that begins there. Raises ValueError when there is no whole one."""
    if at + 2 > len(data):
        raise ValueError("not enough data")
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        if count == 0 or count > 4 or start + count > len(data):
            raise ValueError("not enough data")
        length = int.from_bytes(data[start : start + count])
        start += count
    if start + length > len(data):
        raise ValueError("not enough data")
    return Element(tag, data[start : start + length], data[at : start + length])


def elements(data: bytes) -> list[Element]:
    found = []
    at = 0
    while at < len(data):
        each = element(data, at)
        found.append(each)
        at += len(each.whole)
    return found


def object_identifier(value: bytes) -> str:
    """In dotted numbers."""
    numbers = []
    number = 0
    for byte in value:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        raise ValueError("an empty object identifier")
    first = min(numbers[0] // 40, 2)
    return ".".join(str(each) for each in (first, numbers[0] - 40 * first, *numbers[1:]))


def text(each: Element) -> str:
    """A string of whatever type."""
    if each.tag in (0x1E, 0x1C):
        return each.value.decode("utf-16-be" if each.tag == 0x1E else "utf-32-be", "replace")
    return each.value.decode("utf-8" if each.tag == 0x0C else "latin-1", "replace")
