import ftplib
import io
import ssl

from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from suite import Suite
from timed import failure

suite = Suite()


def server(network: Network, name="ftp", host="localhost", login=True, **options) -> ftplib.FTP:
    ftp = ftplib.FTP(timeout=10, **options)
    ftp.connect(host, network.port(name))
    if login:
        ftp.login("Ada", "secret")
    return ftp


def secure(network: Network, context=None, **options) -> ftplib.FTP_TLS:
    context = context or ssl.create_default_context(cafile=network.authority)
    ftp = ftplib.FTP_TLS(context=context, timeout=10, **options)
    ftp.connect("localhost", network.port("ftp"))
    return ftp


def content(ftp: ftplib.FTP, name: str, **options) -> bytes:
    pieces: list[bytes] = []
    ftp.retrbinary(f"RETR {name}", pieces.append, **options)
    return b"".join(pieces)


@suite("a server greets and takes a login")
def _(network):
    ftp = server(network, login=False)
    return [ftp.getwelcome(), ftp.login("Ada", "secret"), ftp.pwd(), ftp.quit()]


@suite("a server is reached by its address too, by nobody in particular")
def _(network):
    with server(network, host="127.0.0.1", login=False) as ftp:
        return [ftp.login(), ftp.pwd()]


@suite("a wrong password is an error")
def _(network):
    with server(network, login=False) as ftp:
        return [failure(ftp.login, "Ada", "wrong"), ftp.login("Ada", "secret")]


@suite("without a login nothing is given")
def _(network):
    with server(network, login=False) as ftp:
        return failure(ftp.nlst)


@suite("a connection that is refused is an error")
def _(network):
    return failure(server, network, "refused", "127.0.0.1")


@suite("a host that nobody knows is an error")
def _(network):
    return failure(server, network, host=UNKNOWN_HOST)


@suite("a time limit ends the wait for a silent server")
def _(network):
    ftp = ftplib.FTP()
    return failure(ftp.connect, "localhost", network.port("silent"), timeout=0.3, within=5)


@suite("directories are listed by name")
def _(network):
    with server(network) as ftp:
        return [ftp.nlst(), ftp.nlst("/docs")]


@suite("directories are listed in long lines")
def _(network):
    with server(network) as ftp:
        lines: list[str] = []
        return [ftp.retrlines("LIST", lines.append), lines]


@suite("directories are listed with facts")
def _(network):
    with server(network) as ftp:
        return [[name, facts] for name, facts in ftp.mlsd("/")]


@suite("a file is fetched as bytes")
def _(network):
    with server(network) as ftp:
        return [content(ftp, "welcome.txt").decode(), content(ftp, "docs/über.txt").decode()]


@suite("a file is fetched line by line")
def _(network):
    with server(network) as ftp:
        lines: list[str] = []
        return [ftp.retrlines("RETR welcome.txt", lines.append), lines]


@suite("a big file is fetched whole")
def _(network):
    with server(network) as ftp:
        return digest(content(ftp, "big"))


@suite("the rest of a file is fetched")
def _(network):
    with server(network) as ftp:
        return digest(content(ftp, "big", rest=999_000))


@suite("a file is sent as bytes, and fetched again")
def _(network):
    with server(network) as ftp:
        sent = ftp.storbinary("STOR new.bin", io.BytesIO(pattern(500_000)))
        return [sent, ftp.size("new.bin"), digest(content(ftp, "new.bin"))]


@suite("a big file is sent whole, and its progress told")
def _(network):
    told: list[int] = []
    with server(network) as ftp:
        data = io.BytesIO(pattern(3_000_000))
        ftp.storbinary("STOR big.bin", data, blocksize=65536, callback=lambda block: told.append(len(block)))
        return [len(told), sum(told), ftp.sendcmd("XSHA256 big.bin")]


@suite("a file is sent line by line, and appended to")
def _(network):
    with server(network) as ftp:
        ftp.storlines("STOR lines.txt", io.BytesIO("eins\nzwei ü\n".encode()))
        ftp.storbinary("APPE lines.txt", io.BytesIO(b"three"))
        return content(ftp, "lines.txt").decode()


@suite("a transfer is read like a file")
def _(network):
    with server(network) as ftp:
        ftp.voidcmd("TYPE I")
        channel, size = ftp.ntransfercmd("RETR welcome.txt")
        with channel, channel.makefile("rb") as file:
            text = file.read().decode()
        return [text, size, ftp.voidresp()]


@suite("a transfer that is left early can be followed by another")
def _(network):
    with server(network) as ftp:
        ftp.voidcmd("TYPE I")
        channel = ftp.transfercmd("RETR welcome.txt")
        first = channel.recv(5).decode()
        channel.close()
        return [first, ftp.voidresp(), content(ftp, "welcome.txt").decode()]


@suite("directories are made, entered, left and removed")
def _(network):
    with server(network) as ftp:
        result = [ftp.mkd("new"), ftp.cwd("new"), ftp.pwd(), ftp.cwd(".."), ftp.pwd(), ftp.rmd("new")]
        return [*result, failure(ftp.cwd, "new"), failure(ftp.rmd, "docs")]


@suite("files are renamed, measured, dated and deleted")
def _(network):
    with server(network) as ftp:
        result = [ftp.rename("welcome.txt", "docs/hi.txt"), ftp.size("docs/hi.txt"), ftp.sendcmd("MDTM docs/hi.txt")]
        return [
            *result,
            ftp.delete("docs/hi.txt"),
            failure(ftp.delete, "docs/hi.txt"),
            failure(ftp.size, "docs/hi.txt"),
        ]


@suite("a file that is not there is an error, and the session goes on")
def _(network):
    with server(network) as ftp:
        return [failure(content, ftp, "nothing"), content(ftp, "welcome.txt").decode()]


@suite("other commands, and one that is none")
def _(network):
    with server(network) as ftp:
        return [ftp.sendcmd("SYST"), ftp.sendcmd("FEAT"), ftp.voidcmd("NOOP"), failure(ftp.sendcmd, "NOSUCH")]


@suite("a command with a line break never leaves")
def _(network):
    with server(network) as ftp:
        return failure(ftp.sendcmd, "NOOP\r\nQUIT")


@suite("a server that hangs up is an error, and the next connection works")
def _(network):
    ftp = server(network)
    errors = [failure(ftp.sendcmd, "SITE DROP"), failure(ftp.voidcmd, "NOOP")["type"][-1]]
    ftp.close()
    with server(network) as again:
        return [errors, again.pwd()]


@suite("TLS for commands and files, with a private authority")
def _(network):
    with secure(network) as ftp:
        ftp.login("Ada", "secret")
        private = ftp.prot_p()
        return [private, ftp.sock.version(), digest(content(ftp, "big")), ftp.nlst()]


@suite("a file is sent over TLS")
def _(network):
    with secure(network) as ftp:
        ftp.login("Ada", "secret")
        ftp.prot_p()
        ftp.storbinary("STOR new.bin", io.BytesIO(pattern(500_000)))
        return ftp.sendcmd("XSHA256 new.bin")


@suite("TLS for commands, and files in the clear")
def _(network):
    with secure(network) as ftp:
        ftp.login("Ada", "secret")
        return [ftp.prot_c(), content(ftp, "welcome.txt").decode()]


@suite("an authority that nobody vouches for is an error")
def _(network):
    ftp = secure(network, context=ssl.create_default_context())
    return failure(ftp.login, "Ada", "secret")


@suite("ten sessions at a time, each with its own disk")
def _(network):
    sessions = [server(network) for _ in range(10)]
    for number, ftp in enumerate(sessions):
        ftp.storbinary("STOR mine", io.BytesIO(str(number).encode()))
    found = [content(ftp, "mine").decode() for ftp in sessions]
    for ftp in sessions:
        ftp.quit()
    return found


@suite("urlopen fetches files by FTP")
def _(network):
    import urllib.request

    url = f"ftp://Ada:secret@localhost:{network.port('ftp')}/docs/%C3%BCber.txt"
    with urllib.request.urlopen(url, timeout=10) as file:
        return [file.read().decode(), file.headers["content-length"]]
