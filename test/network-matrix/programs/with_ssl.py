"""The ssl module by itself, on servers whose certificates are good, bad and worse."""

import socket
import ssl
import time

from network import Network
from outcomes import digest, pattern
from suite import Suite
from timed import failure

suite = Suite()

HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def trusted(network: Network) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=network.authority)


def opened(network: Network, context=None, server="https", name="localhost", **options) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", network.port(server)), timeout=10)
    return (context or trusted(network)).wrap_socket(plain, server_hostname=name, **options)


def all_of(connection) -> bytes:
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def hello(connection: ssl.SSLSocket) -> str:
    with connection:
        connection.sendall(HELLO)
        return all_of(connection).partition(b"\r\n\r\n")[2].decode()


@suite("a page comes over TLS")
def _(network):
    return hello(opened(network))


@suite("the default context is a strict one")
def _(network):
    context = ssl.create_default_context()
    return [context.verify_mode.name, context.check_hostname, context.minimum_version.name, context.protocol.name]


@suite("a session tells about itself")
def _(network):
    with opened(network) as connection:
        cipher, version, bits = connection.cipher()
        return [connection.version(), version, bits >= 128, connection.compression(), connection.server_side]


@suite("a certificate is read")
def _(network):
    with opened(network) as connection:
        found = connection.getpeercert()
        return [found["subject"], found["issuer"], found["subjectAltName"], found["version"], sorted(found)]


@suite("a certificate comes as bytes and as text")
def _(network):
    with opened(network) as connection:
        raw = connection.getpeercert(binary_form=True)
        text = ssl.DER_cert_to_PEM_cert(raw)
        return [text.splitlines()[0], ssl.PEM_cert_to_DER_cert(text) == raw]


@suite("a certificate that is not looked at is not read either")
def _(network):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with opened(network, context) as connection:
        return [connection.getpeercert(), len(connection.getpeercert(binary_form=True)) > 100]


@suite("an authority is trusted by path, by text and by bytes")
def _(network):
    with open(network.authority) as file:
        text = file.read()
    contexts = [
        ssl.create_default_context(cadata=text),
        ssl.create_default_context(cadata=ssl.PEM_cert_to_DER_cert(text)),
    ]
    later = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    later.load_verify_locations(network.authority)
    return [hello(opened(network, context)) for context in [*contexts, later]]


@suite("authorities are counted and listed")
def _(network):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    before = context.cert_store_stats()
    context.load_verify_locations(network.authority)
    return [before, context.cert_store_stats(), [found["subject"] for found in context.get_ca_certs()]]


@suite("an authority file that is none is an error")
def _(network):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    errors = [failure(context.load_verify_locations, "/nowhere/at/all.pem")]
    return [*errors, failure(context.load_verify_locations, cadata="no certificate")["type"]]


@suite("an authority that nobody vouches for is an error with a reason")
def _(network):
    try:
        opened(network, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return [error.reason, error.library, error.verify_code, error.verify_message, str(error)]


@suite("a certificate for another host, out of date, or signed by itself is an error with a reason")
def _(network):
    outcomes = []
    for server in ("https-wrong-host", "https-expired", "https-self-signed"):
        try:
            opened(network, server=server)
        except ssl.SSLCertVerificationError as error:
            outcomes.append([error.verify_code, error.verify_message, str(error)])
    return outcomes


@suite("a name is checked as the program asks")
def _(network):
    wanted = opened(network, server="https-wrong-host", name="other.example")
    context = trusted(network)
    context.check_hostname = False
    return [
        hello(wanted),
        hello(opened(network, context, "https-wrong-host")),
        hello(opened(network, name="127.0.0.1")),
    ]


@suite("a name is needed where it shall be checked")
def _(network):
    return failure(opened, network, name=None)


@suite("settings that contradict are errors")
def _(network):
    context = ssl.create_default_context()
    return failure(setattr, context, "verify_mode", ssl.CERT_NONE)


@suite("the handshake is made when the program says so")
def _(network):
    connection = opened(network, do_handshake_on_connect=False)
    before = connection.version()
    connection.do_handshake()
    return [before, connection.version(), hello(connection)]


@suite("a client shows its certificate")
def _(network):
    context = trusted(network)
    context.load_cert_chain(network.client_certificate)
    return hello(opened(network, context, "https-client"))


@suite("a client without the certificate that a server wants is turned away")
def _(network):
    return failure(lambda: hello(opened(network, server="https-client")))


@suite("a version is chosen")
def _(network):
    old, new = trusted(network), trusted(network)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    new.minimum_version = ssl.TLSVersion.TLSv1_3
    return [[opened(network, context).version(), context.minimum_version.name] for context in (old, new)]


@suite("a protocol is agreed upon (ALPN)")
def _(network):
    context = trusted(network)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return [opened(network, context, "http2").selected_alpn_protocol(), opened(network).selected_alpn_protocol()]


@suite("a big body is read whole, and one is sent whole")
def _(network):
    with opened(network) as connection:
        connection.sendall(b"GET /big?bytes=3000000 HTTP/1.0\r\n\r\n")
        down = all_of(connection).partition(b"\r\n\r\n")[2]
    with opened(network) as connection:
        data = pattern(3_000_000)
        connection.sendall(f"POST /digest HTTP/1.0\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        return [digest(down), all_of(connection).partition(b"\r\n\r\n")[2].decode()]


@suite("a session is a file")
def _(network):
    with opened(network) as connection, connection.makefile("rwb") as file:
        file.write(HELLO)
        file.flush()
        return [line.decode().strip() for line in file][-1]


@suite("what has come and is not yet read is counted")
def _(network):
    with opened(network) as connection:
        connection.sendall(HELLO)
        first = connection.recv(5)
        return [first.decode(), connection.pending() > 0, connection.read(4).decode(), connection.write(b"x")]


@suite("a time limit ends the wait for an answer")
def _(network):
    with opened(network) as connection:
        connection.settimeout(0.3)
        return failure(connection.recv, 10, within=5)


@suite("a time limit ends the wait for the handshake")
def _(network):
    plain = socket.create_connection(("127.0.0.1", network.port("silent")), timeout=0.3)
    return failure(trusted(network).wrap_socket, plain, server_hostname="localhost", within=5)


@suite("without waiting it says what it wants")
def _(network):
    with opened(network) as connection:
        connection.setblocking(False)
        wanted = failure(connection.recv, 10)
        connection.setblocking(True)
        return [wanted, hello(connection)]


@suite("a session is talked to through memory alone")
def _(network):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    secure = trusted(network).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(("localhost", network.port("https")), timeout=10) as plain:

        def until_done(step, *arguments):
            while True:
                try:
                    return step(*arguments)
                except ssl.SSLWantReadError:
                    plain.sendall(outgoing.read())
                    incoming.write(plain.recv(65536))
                finally:
                    if outgoing.pending:
                        plain.sendall(outgoing.read())

        until_done(secure.do_handshake)
        until_done(secure.write, HELLO)
        return [secure.version(), until_done(secure.read, 15).decode(), incoming.eof]


@suite("TLS to a server that talks none is an error")
def _(network):
    return failure(opened, network, server="http")["type"][-2:]


@suite("a session ends in order")
def _(network):
    connection = opened(network)
    connection.settimeout(2)
    start = time.monotonic()
    try:
        plain = connection.unwrap()
        plain.close()
        ended = "unwrapped"
    except OSError as error:
        ended = type(error).__name__
    return [ended != "", time.monotonic() - start < 5]


@suite("a session that is over is an error")
def _(network):
    connection = opened(network)
    connection.close()
    return [failure(connection.recv, 1), connection.version()]


@suite("fifty sessions at a time")
def _(network):
    context = trusted(network)
    connections = [opened(network, context) for _ in range(50)]
    return sorted({hello(connection) for connection in connections})


@suite("random numbers, and what the module knows of itself")
def _(network):
    return [len(ssl.RAND_bytes(16)), ssl.HAS_SNI, ssl.HAS_ALPN, ssl.HAS_TLSv1_3, ssl.OPENSSL_VERSION != ""]
