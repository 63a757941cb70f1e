"""
Small servers of protocols that go line by line, for tests: a thread for each connection, TLS from the start on a second
port. `serve` prints both ports as one line of JSON, and ends when its standard input does.
"""

import json
import os
import socket
import ssl
import sys
import threading


class Connection:
    """One client, and the session's ways to talk to it."""

    def __init__(self, stream: socket.socket, context: ssl.SSLContext, secure: bool) -> None:
        self._stream = stream
        self._context = context
        self.secure = secure
        self._reader = stream.makefile("rb")

    def line(self) -> str:
        """Without its end; raises EOFError when the client has gone."""
        line = self._reader.readline(100_000)
        if not line:
            raise EOFError
        return line.decode("utf-8", "surrogateescape").rstrip("\r\n")

    def exactly(self, count: int) -> bytes:
        data = self._reader.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def send(self, *lines: str) -> None:
        self.send_bytes("".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape"))

    def send_bytes(self, data: bytes) -> None:
        self._stream.sendall(data)

    def start_tls(self) -> None:
        self._stream = self._context.wrap_socket(self._stream, server_side=True)
        self._reader = self._stream.makefile("rb")
        self.secure = True

    def local_address(self) -> str:
        return self._stream.getsockname()[0]

    def close(self) -> None:
        self._reader.close()
        self._stream.close()


def serve(session) -> None:
    """`session(connection)` talks to one client until it returns."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[1])
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    for listener, secure in zip(listeners, (False, True), strict=True):
        threading.Thread(target=accept, args=(listener, session, context, secure), daemon=True).start()
    print(json.dumps([listener.getsockname()[1] for listener in listeners]), flush=True)
    sys.stdin.read()
    # Threads may be waiting for clients that never go.
    os._exit(0)


def accept(listener, session, context, secure) -> None:
    while True:
        stream, _ = listener.accept()
        stream.settimeout(30)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        threading.Thread(target=attend, args=(stream, session, context, secure), daemon=True).start()


def attend(stream, session, context, secure) -> None:
    try:
        if secure:
            stream = context.wrap_socket(stream, server_side=True)
        connection = Connection(stream, context, secure)
        try:
            session(connection)
        finally:
            connection.close()
    except (EOFError, OSError):
        # The client has gone, or does not trust the certificate.
        stream.close()
