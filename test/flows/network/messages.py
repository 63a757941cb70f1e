"""Ways to send and receive. Ports: echo, source of the alphabet over and over."""

import array
import io
import os
import socket
import struct
import sys
import tempfile

ECHO, SOURCE = (("127.0.0.1", int(port)) for port in sys.argv[1:])


def show(what, act):
    try:
        print(what, repr(act()))
    except Exception as error:
        print(what, type(error).__name__, getattr(error, "errno", None), error)


def connected(address):
    sock = socket.create_connection(address, timeout=20)
    sock.settimeout(None)
    return sock


echo = connected(ECHO)
show("sendmsg", lambda: echo.sendmsg([b"one ", bytearray(b"two "), memoryview(b"three")]))
show("recvmsg", lambda: echo.recvmsg(13, 0, socket.MSG_WAITALL))
show("sendmsg", lambda: echo.sendmsg([]))
show("sendmsg", lambda: echo.sendmsg([b"abcdefghij"]))
first, second = bytearray(3), bytearray(4)
show("peek", lambda: echo.recv(4, socket.MSG_PEEK | socket.MSG_WAITALL))
show("recvmsg_into", lambda: echo.recvmsg_into([first, second], 0, socket.MSG_WAITALL))
show("buffers", lambda: (first, second))
show("recv", lambda: echo.recv(100))
show("dontwait", lambda: echo.recv(1, socket.MSG_DONTWAIT))
show("peek dontwait", lambda: echo.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
echo.sendall(b"0123456789")
buffer = bytearray(b"." * 8)
show("recv_into", lambda: (echo.recv_into(buffer, 4, socket.MSG_WAITALL), buffer))
show("recv_into part", lambda: (echo.recv_into(memoryview(buffer)[4:], 2), buffer))
show("recvfrom", lambda: echo.recvfrom(2))
show("recvfrom_into", lambda: (echo.recvfrom_into(buffer, 2), buffer))
numbers = array.array("I", [1, 2, 3])
show("sendall array", lambda: echo.sendall(numbers))
show("recv", lambda: echo.recv(12, socket.MSG_WAITALL) == numbers.tobytes())
show("sendto", lambda: echo.sendto(b"x", ECHO))
show("recv", lambda: echo.recv(1))
show("recv too much", lambda: echo.recv(-1))
show("send text", lambda: echo.send("text"))  # type: ignore[arg-type]
show("recv_into small", lambda: echo.recv_into(bytearray(2), 3))

print("files")
with connected(ECHO) as sock, sock.makefile("rwb") as stream:
    stream.write(b"line 1\nline 2\nrest")
    stream.flush()
    show("lines", lambda: (stream.readline(), stream.readline(), stream.read(4)))
    sock.shutdown(socket.SHUT_WR)
    show("end", lambda: stream.read())
with connected(ECHO) as sock, sock.makefile("rw", encoding="utf-8", newline="\n") as stream:
    stream.write("zwölf Bücher\n")
    stream.flush()
    show("text", lambda: stream.readline())
sock = connected(ECHO)
stream = sock.makefile("rb")
sock.sendall(b"still")
sock.close()
show("closed", lambda: (sock.fileno() >= 0, stream.read(5)))
stream.close()
show("closed", lambda: sock.fileno())
raw = socket.SocketIO(connected(ECHO), "rw")
show("raw", lambda: (raw.write(b"raw"), raw.read(3), raw.readable(), raw.writable(), raw.seekable()))
show("raw mode", lambda: (raw.mode, raw.name >= 0))

print("descriptors")
sock = connected(ECHO)
show("os.write", lambda: os.write(sock.fileno(), b"through os"))
show("os.read", lambda: sock.recv(10, socket.MSG_PEEK | socket.MSG_WAITALL) and os.read(sock.fileno(), 100))
twin = sock.dup()
show("dup", lambda: (twin.family, twin.type, twin.proto, twin.getpeername() == ECHO, twin.get_inheritable()))
sock.close()
show("twin", lambda: (twin.send(b"twin"), twin.recv(4, socket.MSG_WAITALL)))
number = os.dup(twin.fileno())
other = socket.socket(fileno=number)
show("fileno", lambda: (other.family, other.type, other.proto, other.fileno() == number))
twin.close()
show("other", lambda: (other.send(b"other"), other.recv(5, socket.MSG_WAITALL)))
show("detach", lambda: other.detach() == number)
show("other", lambda: other.fileno())
with open(number, "r+b", buffering=0) as file:
    show("open", lambda: (file.write(b"open"), file.read(1) in b"o"))
show("isatty", lambda: os.isatty(twin.fileno()) if twin.fileno() >= 0 else None)
sock = connected(ECHO)
show("fstat", lambda: oct(os.fstat(sock.fileno()).st_mode))
show("lseek", lambda: os.lseek(sock.fileno(), 0, 0))
show("ftruncate", lambda: os.ftruncate(sock.fileno(), 0))
show("blocking", lambda: os.get_blocking(sock.fileno()))
sock.setblocking(False)
show("blocking", lambda: os.get_blocking(sock.fileno()))
show("os.read", lambda: os.read(sock.fileno(), 1))
show("fromfd", lambda: socket.fromfd(sock.fileno(), socket.AF_INET, socket.SOCK_STREAM).getpeername() == ECHO)

print("sendfile")
with tempfile.TemporaryFile() as file:
    file.write(bytes(range(256)) * 1000)
    file.seek(0)
    sock = connected(ECHO)
    received = io.BytesIO()
    show("sendfile", lambda: sock.sendfile(file, count=50_000))
    while received.tell() < 50_000:
        received.write(sock.recv(65536))
    show("same", lambda: received.getvalue() == (bytes(range(256)) * 1000)[:50_000])
    show("sendfile", lambda: sock.sendfile(file, offset=255_990))
    show("rest", lambda: sock.recv(100, socket.MSG_WAITALL) if False else sock.recv(10, socket.MSG_WAITALL))
    sock.setblocking(False)
    show("without waiting", lambda: sock.sendfile(file))

print("much")
sock = connected(SOURCE)
show("waitall", lambda: len(sock.recv(3_000_000, socket.MSG_WAITALL)))
big = bytearray(1_000_000)
show("into", lambda: sock.recv_into(big, 1_000_000, socket.MSG_WAITALL))
show("content", lambda: bytes(big[-52:]))
sock.close()
sock = connected(ECHO)
payload = os.urandom(1 << 17)
total = bytearray()
for _ in range(8):
    sock.sendall(payload)
    part = bytearray()
    while len(part) < len(payload):
        part += sock.recv(1 << 16)
    total += part
show("same", lambda: total == payload * 8)

print("options")
sock = connected(ECHO)
ROUND_TRIPS = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0),
    (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1),
    (socket.SOL_SOCKET, socket.SO_BROADCAST, 1),
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 0),
]
for level, option, value in ROUND_TRIPS:
    show(f"{level} {option}", lambda: sock.setsockopt(level, option, value))
    show(f"{level} {option}", lambda: sock.getsockopt(level, option))
    show(f"{level} {option}", lambda: sock.getsockopt(level, option, 4))
linger = struct.pack("ii", 1, 5)
show("linger", lambda: sock.setsockopt(socket.SOL_SOCKET, 13, linger))
show("linger", lambda: sock.getsockopt(socket.SOL_SOCKET, 13, 8) == linger)
for option in (socket.SO_TYPE, socket.SO_ERROR, 38, 39):
    show(f"option {option}", lambda: sock.getsockopt(socket.SOL_SOCKET, option))
fresh = socket.socket()
for option in (socket.SO_KEEPALIVE, socket.SO_REUSEADDR):
    show(f"fresh {option}", lambda: fresh.getsockopt(socket.SOL_SOCKET, option))
show("fresh nodelay", lambda: fresh.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
show("no number", lambda: sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, "x"))  # type: ignore[call-overload]
show("default", lambda: (socket.getdefaulttimeout(), socket.setdefaulttimeout(5), socket.socket().gettimeout()))
