"""Where the test's servers are."""

import os


class Network:
    def __init__(self, addresses: dict, directory: str, session) -> None:
        self._addresses = addresses
        self._directory = directory
        self.session = session
        """The library's Session, for the behaviours that all web clients share."""

    def port(self, server: str) -> int:
        return self._addresses["ports"][server]

    def url(self, path: str = "/", server: str = "http", host: str = "localhost") -> str:
        """A server whose name begins with "https" or "http2" is one with TLS."""
        secure = server.startswith(("https", "http2", "wss"))
        scheme = ("wss" if secure else "ws") if server.startswith("ws") else "https" if secure else "http"
        return f"{scheme}://{host}:{self.port(server)}{path}"

    @property
    def authority(self) -> str:
        """The path of the private authority's certificate."""
        return self._file("authority.pem", self._addresses["authority"])

    @property
    def client_certificate(self) -> str:
        """The path of a certificate for a client, with its key."""
        return self._file("client.pem", self._addresses["client"])

    def _file(self, name: str, text: str) -> str:
        path = os.path.join(self._directory, name)
        with open(path, "w") as file:
            file.write(text)
        return path


UNKNOWN_HOST = "nobody.invalid"
