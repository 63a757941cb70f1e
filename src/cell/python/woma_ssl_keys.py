"""A client's own certificate and key."""

import os
from dataclasses import dataclass

import woma_ssl_broker
from woma_ssl_authorities import read_text

_LONGEST_PASSWORD = 1024


@dataclass(frozen=True)
class Keys:
    certificates: str | None
    key: str | None
    password: str | None

    def settings(self) -> dict:
        return {"certificates": self.certificates, "key": self.key, "password": self.password}

    def check(self) -> None:
        """Raises SSLError when the broker cannot use them."""
        woma_ssl_broker.context_for(
            {
                "defaultRoots": False,
                "authorities": "",
                **self.settings(),
                "ciphers": [],
                "minimumVersion": "TLSv1.2",
                "maximumVersion": "TLSv1.3",
                "protocols": [],
                "verification": "none",
                "commonNames": True,
                "partialChain": False,
                "keylog": False,
            }
        )


NONE = Keys(None, None, None)


def load(certfile, keyfile, password) -> Keys:
    certificates = read_text(_path(certfile, "certfile"))
    key = certificates if keyfile is None else read_text(_path(keyfile, "keyfile"))
    if password is not None and not callable(password):
        password = _password(password, "password should be a string or callable")
    elif callable(password):
        # It is asked for a key that is encrypted only.
        password = _password(password(), "password callback must return a string") if "ENCRYPTED" in key else None
    return Keys(certificates, key, password)


def _path(path, name: str) -> str:
    try:
        return os.fsdecode(path)
    except TypeError:
        raise TypeError(f"{name} should be a valid filesystem path") from None


def _password(password, refusal: str) -> str:
    if not isinstance(password, (str, bytes, bytearray)):
        raise TypeError(refusal)
    data = password.encode() if isinstance(password, str) else bytes(password)
    if len(data) > _LONGEST_PASSWORD:
        raise ValueError(f"password cannot be longer than {_LONGEST_PASSWORD} bytes")
    return data.decode("utf-8", "surrogateescape")
