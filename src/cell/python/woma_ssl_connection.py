"""TLS over a connection: its descriptor carries plaintext once the broker speaks TLS on it."""

import _socket
import errno
import time
from socket import socket

import woma_ssl_broker
import woma_ssl_errors
from woma_ssl_channel import Channel
from woma_ssl_errors import AT_HANDSHAKE, AT_READ, AT_SHUTDOWN, AT_WRITE


class SocketChannel(Channel):
    def __init__(self, sock, **options) -> None:
        super().__init__(**options)
        self._socket = sock
        self._has_begun = False

    def target(self) -> dict:
        if not self._has_begun:
            self.begin("tls-start", descriptor=self._socket.fileno())
            self._has_begun = True
        return {"descriptor": self._socket.fileno()}

    def abandon(self) -> None:
        """From here on the connection is as it was before."""
        if self._has_begun:
            woma_ssl_broker.ask("tls-abandon", descriptor=self._socket.fileno())
            self._has_begun = False

    def do_handshake(self) -> None:
        self._finish_step("tls-handshake", AT_HANDSHAKE, f"_ssl.c:{AT_HANDSHAKE}: The handshake operation timed out")

    def read(self, length: int, buffer=None):
        if length < 0 and buffer is None:
            raise ValueError("size should not be negative")
        if buffer is not None:
            return self._read_into(length, buffer)
        if length == 0:
            return b""
        data = self._carry(AT_READ, lambda: _socket.socket.recv(self._socket, length))
        if not data:
            self._check_end()
        return data

    def write(self, data) -> int:
        return self._carry(AT_WRITE, lambda: _socket.socket.send(self._socket, data))

    def shutdown(self) -> socket:
        """Says that nothing more comes, and waits for the peer's word; the connection is without TLS then."""
        if not self.is_open:
            raise woma_ssl_errors.refused_protocol("SHUTDOWN_WHILE_IN_INIT", AT_SHUTDOWN)
        self._finish_step("tls-finish", AT_SHUTDOWN, "The read operation timed out")
        self._has_begun = False
        return self._socket

    def pending(self) -> int:
        return self._status()["pending"] if self._has_begun else 0

    def _read_into(self, length: int, buffer) -> int:
        view = memoryview(buffer).cast("B")
        count = length if 0 < length <= view.nbytes else view.nbytes
        if count == 0:
            return 0
        received = self._carry(AT_READ, lambda: _socket.socket.recv_into(self._socket, view, count))
        if received == 0:
            self._check_end()
        return received

    def _carry(self, line: int, act):
        """Bytes through the connection, by its own timeout; its errors in TLS's words."""
        self.target()
        try:
            done = act()
        except BlockingIOError:
            raise self._would_block(line) from None
        except TimeoutError:
            raise TimeoutError(f"The {'read' if line == AT_READ else 'write'} operation timed out") from None
        except BrokenPipeError:
            if line == AT_WRITE and self._status()["closed"]:
                raise woma_ssl_errors.zero_return(line) from None
            raise
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            status = self._status()
            if status["state"] != "failed":
                raise
            raise self.failed(status, line) from None
        if not self.is_open:
            # The handshake was made on the way.
            self._status()
        return done

    def _would_block(self, line: int) -> OSError:
        wants_write = self._status()["sending"] or (line == AT_WRITE and self.is_open)
        return woma_ssl_errors.want_write(line) if wants_write else woma_ssl_errors.want_read(line)

    def _check_end(self) -> None:
        if not self._socket.suppress_ragged_eofs and not self._status()["closed"]:
            raise self.cut_off(AT_READ)

    def _finish_step(self, op: str, line: int, timed_out: str) -> None:
        timeout = self._socket.gettimeout()
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = -1 if deadline is None else max(deadline - time.monotonic(), 0) * 1000
            # What waits not at all is told how far it has come.
            left = max(left, 1) if timeout else left
            reply, _ = woma_ssl_broker.woma_kernel.request(op, **self.target(), timeoutMs=left)
            if reply.get("errno") == "EINTR":
                # Interrupted as well, as often as it takes CPython to look at the signal: its handler runs here.
                time.sleep(0.02)
                continue
            if reply.get("errno") == "ETIMEDOUT" and timeout is not None:
                raise TimeoutError(timed_out)
            woma_ssl_broker.woma_kernel.raise_failure(reply)
            break
        if op == "tls-handshake":
            self._conclude_handshake(reply, line)
        else:
            self._conclude_end(reply, line)

    def _conclude_handshake(self, status: dict, line: int) -> None:
        self.opened(status)
        if status["state"] == "failed":
            raise self.failed(status, line)
        if not self.is_open:
            raise woma_ssl_errors.want_write(line) if status["sending"] else woma_ssl_errors.want_read(line)

    def _conclude_end(self, status: dict, line: int) -> None:
        if status["state"] == "failed" and not status["closed"]:
            raise self.failed(status, line)
        if status["pending"] > 0:
            raise woma_ssl_errors.refused_protocol("APPLICATION_DATA_AFTER_CLOSE_NOTIFY", line)
        if status["closed"]:
            return
        if status["ended"]:
            raise self.cut_off(line)
        raise woma_ssl_errors.want_read(line)

    def _status(self) -> dict:
        status, _ = woma_ssl_broker.ask("tls-status", **self.target())
        # What was agreed is told once.
        self.opened(status)
        return status
