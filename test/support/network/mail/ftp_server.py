"""FTP, passive, with TLS on both channels on request. Each session has a disk of its own with a few files."""

import hashlib
import posixpath
import socket
import ssl
import sys

from line_server import Connection, serve

BIG = bytes((index * 7 + (index >> 8)) & 0xFF for index in range(1_000_000))


class Session:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.user = ""
        self.known = False
        self.here = "/"
        self.files: dict[str, bytes | None] = {
            "/": None, "/welcome.txt": b"Hello, world!\n", "/docs": None, "/docs/\u00fcber.txt": b"about\n",
            "/big": BIG,
        }  # fmt: skip
        self.listener: socket.socket | None = None
        self.private = False
        self.start = 0
        self.renamed = ""

    def run(self) -> None:
        self.reply(220, "ftp.test ready")
        while True:
            word, _, rest = self.connection.line().partition(" ")
            name = word.upper()
            if name == "QUIT":
                return self.reply(221, "goodbye")
            command = getattr(self, f"do_{name.lower()}") if name in COMMANDS else None
            if command is None:
                self.reply(502, "no such command")
            elif not self.known and name not in BEFORE_LOGIN:
                self.reply(530, "who are you?")
            elif command(rest) == "close":
                return None

    def reply(self, code: int, *lines: str) -> None:
        *before, last = lines
        self.connection.send(*(f"{code}-{line}" for line in before), f"{code} {last}")

    def path(self, name: str) -> str:
        return posixpath.normpath(posixpath.join(self.here, name))

    # Logins

    def do_user(self, rest: str) -> None:
        self.user = rest
        self.reply(331, "password?")

    def do_pass(self, rest: str) -> None:
        self.known = (self.user, rest) == ("Ada", "secret") or self.user == "anonymous"
        self.reply(*((230, f"welcome, {self.user}") if self.known else (530, "wrong user or password")))

    def do_auth(self, rest: str) -> None:
        if rest.upper() not in ("TLS", "SSL"):
            return self.reply(504, "TLS only")
        self.reply(234, "go on")
        return self.connection.start_tls()

    def do_pbsz(self, _rest: str) -> None:
        self.reply(200, "PBSZ=0")

    def do_prot(self, rest: str) -> None:
        self.private = rest.upper() == "P"
        self.reply(200, "so be it")

    # Talk

    def do_syst(self, _rest: str) -> None:
        self.reply(215, "UNIX Type: L8")

    def do_feat(self, _rest: str) -> None:
        self.connection.send(
            "211-Features:", " UTF8", " SIZE", " MLST type*;size*;", " REST STREAM", " EPSV", "211 End"
        )

    def do_opts(self, _rest: str) -> None:
        self.reply(200, "so be it")

    def do_noop(self, _rest: str) -> None:
        self.reply(200, "nothing done")

    def do_type(self, _rest: str) -> None:
        self.reply(200, "so be it")

    def do_abor(self, _rest: str) -> None:
        self.reply(226, "nothing to abort")

    def do_site(self, rest: str) -> str | None:
        """SITE DROP: the connection is gone."""
        return "close" if rest == "DROP" else self.reply(200, rest)

    # Directories

    def do_pwd(self, _rest: str) -> None:
        self.reply(257, f'"{self.here}" is here')

    def do_cwd(self, rest: str) -> None:
        path = self.path(rest)
        if path not in self.files or self.files[path] is not None:
            return self.reply(550, "no such directory")
        self.here = path
        return self.reply(250, "there")

    def do_cdup(self, _rest: str) -> None:
        self.do_cwd("..")

    def do_mkd(self, rest: str) -> None:
        path = self.path(rest)
        if path in self.files:
            return self.reply(550, "there already")
        self.files[path] = None
        return self.reply(257, f'"{path}" made')

    def do_rmd(self, rest: str) -> None:
        path = self.path(rest)
        if path not in self.files or any(other.startswith(f"{path}/") for other in self.files):
            return self.reply(550, "not there, or not empty")
        del self.files[path]
        return self.reply(250, "gone")

    # Files

    def do_dele(self, rest: str) -> None:
        self.reply(*((250, "gone") if self.files.pop(self.path(rest), None) is not None else (550, "no such file")))

    def do_rnfr(self, rest: str) -> None:
        self.renamed = self.path(rest)
        self.reply(*((350, "to what?") if self.renamed in self.files else (550, "no such file")))

    def do_rnto(self, rest: str) -> None:
        self.files[self.path(rest)] = self.files.pop(self.renamed)
        self.reply(250, "renamed")

    def do_size(self, rest: str) -> None:
        data = self.files.get(self.path(rest))
        self.reply(*((213, str(len(data))) if data is not None else (550, "no such file")))

    def do_mdtm(self, _rest: str) -> None:
        self.reply(213, "20260102030405")

    def do_xsha256(self, rest: str) -> None:
        self.reply(250, hashlib.sha256(self.files.get(self.path(rest)) or b"").hexdigest())

    def do_rest(self, rest: str) -> None:
        self.start = int(rest)
        self.reply(350, f"from {rest}")

    # Transfers

    def do_pasv(self, _rest: str) -> None:
        host, port = self.listen()
        self.reply(227, f"at ({host.replace('.', ',')},{port >> 8},{port & 255})")

    def do_epsv(self, _rest: str) -> None:
        self.reply(229, f"at (|||{self.listen()[1]}|)")

    def listen(self) -> tuple[str, int]:
        if self.listener:
            self.listener.close()
        self.listener = socket.create_server((self.connection.local_address(), 0))
        self.listener.settimeout(10)
        return self.listener.getsockname()

    def do_retr(self, rest: str) -> None:
        data = self.files.get(self.path(rest))
        if data is None:
            return self.reply(550, "no such file")
        start, self.start = self.start, 0
        return self.give(data[start:])

    def do_list(self, rest: str) -> None:
        line = "{}rw-r--r-- 1 ada ada {:8} Jan 02 03:04 {}"
        lines = [
            line.format("d" if data is None else "-", len(data or b""), posixpath.basename(path))
            for path, data in self.entries(rest)
        ]
        self.give("".join(f"{line}\r\n" for line in lines).encode())

    def do_nlst(self, rest: str) -> None:
        self.give("".join(f"{posixpath.basename(path)}\r\n" for path, _ in self.entries(rest)).encode())

    def do_mlsd(self, rest: str) -> None:
        lines = [
            f"type={'dir' if data is None else 'file'};size={len(data or b'')}; {posixpath.basename(path)}\r\n"
            for path, data in self.entries(rest)
        ]
        self.give("".join(lines).encode())

    def entries(self, rest: str) -> list:
        directory = self.path(rest)
        return [
            (path, data) for path, data in sorted(self.files.items()) if posixpath.dirname(path) == directory != path
        ]

    def give(self, data: bytes) -> None:
        with self.channel() as channel:
            channel.sendall(data)
            if isinstance(channel, ssl.SSLSocket):
                channel.unwrap()
        self.reply(226, "all of it")

    def do_stor(self, rest: str) -> None:
        self.files[self.path(rest)] = self.take()
        self.reply(226, "taken")

    def do_appe(self, rest: str) -> None:
        path = self.path(rest)
        self.files[path] = (self.files.get(path) or b"") + self.take()
        self.reply(226, "taken")

    def take(self) -> bytes:
        pieces = []
        with self.channel() as channel:
            while piece := channel.recv(65536):
                pieces.append(piece)
            if isinstance(channel, ssl.SSLSocket):
                channel.unwrap()
        return b"".join(pieces)

    def channel(self) -> socket.socket:
        if self.listener is None:
            self.reply(425, "PASV first")
            raise EOFError
        self.reply(150, "here it comes")
        stream, _ = self.listener.accept()
        self.listener.close()
        self.listener = None
        stream.settimeout(10)
        if not self.private:
            return stream
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[1])
        return context.wrap_socket(stream, server_side=True)


BEFORE_LOGIN = {"USER", "PASS", "AUTH", "PBSZ", "PROT", "SYST", "FEAT", "NOOP"}
COMMANDS = {name.removeprefix("do_").upper() for name in dir(Session) if name.startswith("do_")}

serve(lambda connection: Session(connection).run())
