"""The certificates that an SSLContext trusts."""

import errno
import os
import re

import woma_ssl_broker
import woma_ssl_certificates
import woma_ssl_der as der
import woma_ssl_errors


class Authorities:
    def __init__(self) -> None:
        # Those that woma itself trusts.
        self.has_defaults = False
        # Another one for other certificates.
        self.revision = 0
        self._certificates: dict[bytes, None] = {}
        self._directories: list[str] = []

    def add_defaults(self) -> None:
        """Those that SSL_CERT_FILE and SSL_CERT_DIR name, where the program has them; else woma's."""
        self.revision += 1
        file, directory = os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", "")
        has_file = os.path.isfile(file)
        directories = [each for each in directory.split(os.pathsep) if os.path.isdir(each)]
        if has_file:
            self._add_all(_read_file(file))
        self._directories += directories
        self.has_defaults = self.has_defaults or not (has_file or directories)

    def add_file(self, path) -> None:
        self.revision += 1
        path = os.fsdecode(path)
        # What certifi brings is what woma trusts, or what the user has put in its place.
        if path.endswith("certifi/cacert.pem"):
            self.has_defaults = True
        else:
            self._add_all(_read_file(path))

    def add_directory(self, path) -> None:
        """OpenSSL looks there when it needs a certificate: whether there are any does not matter now."""
        self.revision += 1
        self._directories.append(os.fsdecode(path))

    def add_data(self, data) -> None:
        self.revision += 1
        if isinstance(data, str):
            self._add_all(_from_text(data))
            return
        try:
            data = bytes(memoryview(data))
        except TypeError:
            raise TypeError("cadata should be an ASCII string or a bytes-like object") from None
        if not data:
            raise ValueError("Empty certificate data")
        self._add_all(_from_der(data))

    def to_pem(self) -> str:
        found = list(self._certificates)
        for directory in self._directories:
            found += _read_directory(directory)
        return woma_ssl_certificates.to_pem(found)

    def known(self) -> list[bytes]:
        """Those that are counted and listed: not the ones in directories."""
        defaults = woma_ssl_certificates.from_pem(woma_ssl_broker.default_roots()) if self.has_defaults else []
        return list(dict.fromkeys([*defaults, *self._certificates]))

    def _add_all(self, certificates: list[bytes]) -> None:
        self._certificates.update(dict.fromkeys(certificates))


def read_text(path: str) -> str:
    """A file of certificates or keys. A failure names no file, as OpenSSL's own."""
    try:
        with open(path, "rb") as file:
            return file.read().decode("latin-1")
    except OSError as error:
        raise type(error)(error.errno, os.strerror(error.errno or errno.EIO)) from None


def _read_file(path: str) -> list[bytes]:
    text = read_text(path)
    try:
        found = woma_ssl_certificates.from_pem(text)
        for each in found:
            woma_ssl_certificates.read(each)
    except ValueError:
        raise woma_ssl_errors.pem_error("X509") from None
    if not found:
        raise woma_ssl_errors.no_certificate()
    return found


def _read_directory(directory: str) -> list[bytes]:
    found = []
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    for name in names:
        if re.fullmatch(r"[0-9a-f]{8}\.\d+", name):
            try:
                found += _read_file(os.path.join(directory, name))
            except OSError:
                continue
    return found


def _from_text(text: str) -> list[bytes]:
    if not text.isascii():
        raise TypeError("cadata should be an ASCII string or a bytes-like object")
    if not text:
        raise ValueError("Empty certificate data")
    try:
        found = woma_ssl_certificates.from_pem(text)
        for each in found:
            woma_ssl_certificates.read(each)
    except ValueError:
        found = []
    if not found:
        raise _no_certificate_in_data("no start line")
    return found


def _from_der(data: bytes) -> list[bytes]:
    found = []
    at = 0
    try:
        while at < len(data):
            each = der.element(data, at).whole
            woma_ssl_certificates.read(each)
            found.append(each)
            at += len(each)
    except ValueError:
        if not found:
            raise _no_certificate_in_data("not enough data") from None
    return found


def _no_certificate_in_data(what: str) -> OSError:
    error = woma_ssl_errors.SSLError(0, f"{what}: cadata does not contain a certificate (_ssl.c:4035)")
    error.library = error.reason = None
    return error
