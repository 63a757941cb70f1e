"""Sessions: what a server gave to make a later connection shorter."""

import time

import woma_ssl_der as der

_TIME, _TIMEOUT, _LIFETIME_HINT, _TICKET = 0xA1, 0xA2, 0xA9, 0xAA


class SSLSession:
    """Its secrets stay in the broker; here is what it says of itself, from BoringSSL's SSL_SESSION."""

    __module__ = "_ssl"

    def __init__(self, handle, context, data: bytes) -> None:
        self._handle = handle
        self._context = context
        fields = der.element(data).children()
        tagged = {each.tag: der.element(each.value).value for each in fields if each.tag & 0xE0 == 0xA0}
        self._id = fields[3].value
        self._time = int.from_bytes(tagged.get(_TIME, b"")) or int(time.time())
        self._timeout = int.from_bytes(tagged.get(_TIMEOUT, b""))
        self._hint = int.from_bytes(tagged.get(_LIFETIME_HINT, b""))
        self._has_ticket = bool(tagged.get(_TICKET))

    @property
    def id(self) -> bytes:
        return self._id

    @property
    def time(self) -> int:
        return self._time

    @property
    def timeout(self) -> int:
        return self._timeout

    @property
    def ticket_lifetime_hint(self) -> int:
        return self._hint

    @property
    def has_ticket(self) -> bool:
        return self._has_ticket

    def __eq__(self, other: object) -> bool:
        return self._id == other._id if isinstance(other, SSLSession) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._id)
