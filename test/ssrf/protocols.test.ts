/** The attacker has many ways to open a connection, and hopes that one of them was forgotten. */
import { PUBLIC } from "./support/addresses.ts";
import { gets, refusedAddress } from "./support/expected.ts";
import { networkForFile } from "./support/private-network.ts";
import { GET, overOwnSocket } from "./support/python.ts";
import { allowedTogether, type Way, ways } from "./support/way.ts";

const network = networkForFile();

const PORT_8000: Readonly<Record<string, string>> = {
  "a socket's connect": overOwnSocket(`connection.connect(("127.0.0.1", 8000))`),
  "a socket that does not wait": `
import select, socket
connection = socket.socket()
connection.setblocking(False)
try: connection.connect(("127.0.0.1", 8000))
except BlockingIOError: pass
select.select([], [connection], [], 10)
code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
if code: raise OSError(code, "it failed later")
connection.setblocking(True)
connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
connection.recv(999).decode().rpartition("\\r\\n")[2]`,
  "a second try of the same socket": overOwnSocket(`
    try: connection.connect(("127.0.0.1", 8000))
    except PermissionError: connection.connect(("127.0.0.1", 8000))`),
  "a copy of a socket": `${GET}
original = socket.socket()
copy = socket.socket(fileno=original.detach())
copy.connect(("127.0.0.1", 8000))
page(copy)`,
  "a duplicate of a socket": `${GET}
copy = socket.socket().dup()
copy.connect(("127.0.0.1", 8000))
page(copy)`,
  "http.client": `
import http.client
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
connection.request("GET", "/")
connection.getresponse().read().decode()`,
  urllib: `
import urllib.request
urllib.request.urlopen("http://127.0.0.1:8000/", timeout=10).read().decode()`,
  "urllib's older interface": `
import urllib.request
open(urllib.request.urlretrieve("http://127.0.0.1:8000/")[0]).read()`,
  "asyncio's streams": `
import asyncio
async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", 8000)
    writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
    answer = await reader.read()
    writer.close()
    return answer.decode().rpartition("\\r\\n")[2]
asyncio.run(main())`,
  "asyncio's own sockets": `
import asyncio, socket
async def main():
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", 8000))
        await loop.sock_sendall(connection, b"GET / HTTP/1.0\\r\\n\\r\\n")
        answer = await loop.sock_recv(connection, 999)
    return answer.decode().rpartition("\\r\\n")[2]
asyncio.run(main())`,
  "an asyncio protocol": `
import asyncio
class Getting(asyncio.Protocol):
    def __init__(self): self.answer, self.over = b"", asyncio.get_running_loop().create_future()
    def connection_made(self, transport): transport.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
    def data_received(self, data): self.answer += data
    def connection_lost(self, error): self.over.set_result(self.answer)
async def main():
    _, getting = await asyncio.get_running_loop().create_connection(Getting, "127.0.0.1", 8000)
    return (await getting.over).decode().rpartition("\\r\\n")[2]
asyncio.run(main())`,
  "XML-RPC": `
import xmlrpc.client
xmlrpc.client.ServerProxy("http://127.0.0.1:8000/RPC2").read()`,
  "a parser of XML that is given a URL": `
import xml.sax
class Text(xml.sax.ContentHandler):
    text = ""
    def characters(self, content): self.text += content
text = Text()
xml.sax.parse("http://127.0.0.1:8000/page.xml", text)
text.text`,
  "an external entity of an XML document": `
import io, xml.sax, xml.sax.handler
class Text(xml.sax.ContentHandler):
    text = ""
    def characters(self, content): self.text += content
text, parser = Text(), xml.sax.make_parser()
parser.setFeature(xml.sax.handler.feature_external_ges, True)
parser.setContentHandler(text)
parser.parse(io.StringIO('<!DOCTYPE a [<!ENTITY e SYSTEM "http://127.0.0.1:8000/page.xml">]><a>&e;</a>'))
text.text`,
  "the rules for robots": `
import urllib.robotparser
rules = urllib.robotparser.RobotFileParser("http://127.0.0.1:8000/robots.txt")
rules.read()
"SECRET"`,
};

/** At the port of the server that speaks first. */
const PORT_2525: Readonly<Record<string, string>> = {
  mail: `
import smtplib
client = smtplib.SMTP(timeout=10)
client.connect("127.0.0.1", 2525)[1].decode()`,
  FTP: `
import ftplib
client = ftplib.FTP(timeout=10)
client.connect("127.0.0.1", 2525).removeprefix("220 ")`,
  "a log that is kept elsewhere": `
import logging.handlers, sys
handler = logging.handlers.SocketHandler("127.0.0.1", 2525)
handler.makeSocket(10).recv(99).decode()[4:10]`,
  "a database's driver, in its way": `
import socket, struct
connection = socket.create_connection(("127.0.0.1", 2525), 10)
connection.sendall(struct.pack(">II", 8, 80877103))
connection.recv(99).decode()[4:10]`,
};

ways(
  network,
  "an address of the inside is not connected to by",
  allowedTogether([
    ...Object.entries(PORT_8000).map(([sentence, python]): Way => {
      return {
        sentence,
        python,
        attacked: { prints: refusedAddress("127.0.0.1") },
        allowed: gets(["--allow-net=127.0.0.1:8000"]),
      };
    }),
    ...Object.entries(PORT_2525).map(([sentence, python]): Way => {
      return {
        sentence,
        python,
        attacked: { prints: refusedAddress("127.0.0.1", 2525) },
        allowed: gets(["--allow-net=127.0.0.1:2525"]),
      };
    }),
  ]),
);

ways(network, "an address of the inside is not connected to", [
  {
    sentence: "in a way that tells only a number",
    python: `
import socket
connection = socket.socket()
code = connection.connect_ex(("127.0.0.1", 8000))
"SECRET" if code == 0 else code`,
    attacked: { prints: "got: 13" },
    allowed: gets(["--allow-net=127.0.0.1:8000"]),
  },
  {
    sentence: "by a host that reads differently the second time",
    python: `${GET}
class Host(str):
    def encode(self, *_, **__):
        self.other, said = self.said, self.other
        self.said = said
        return said
got = []
for first, second in [(b"${PUBLIC.first}", b"127.0.0.1"), (b"127.0.0.1", b"${PUBLIC.first}")]:
    host, connection = Host("host"), socket.socket()
    host.said, host.other = second, first
    try:
        connection.connect((host, 8000))
        got.append(page(connection))
    except PermissionError as error: refusal = error
if "SECRET" not in got: raise refusal
"SECRET"`,
    attacked: { prints: refusedAddress("127.0.0.1"), reaches: [`${PUBLIC.first}:8000`] },
    allowed: gets(["--allow-net=127.0.0.1:8000"]),
  },
  {
    sentence: "by a socket that was connected to the outside before",
    python: `${GET}
connection = socket.socket()
connection.connect(("${PUBLIC.first}", 8000))
try: connection.connect(("127.0.0.1", 8000))
except PermissionError: raise
except OSError as error: refusal = error.errno
refusal if page(connection) == "PUBLIC" else "the socket was moved"`,
    // EISCONN, as everywhere.
    attacked: { prints: "got: 106", reaches: [`${PUBLIC.first}:8000`] },
    allowed: { never: "a connected socket stays where it is" },
    native: { prints: "got: 106" },
  },
  {
    sentence: "where an FTP server of the outside sends the program for a file",
    python: `
import ftplib
client = ftplib.FTP(timeout=10)
client.trust_server_pasv_ipv4_address = True
client.connect("${PUBLIC.first}", 2525)
client.login()
client.transfercmd("RETR file").recv(99).decode()`,
    attacked: { prints: refusedAddress("127.0.0.1", 2526), reaches: [`${PUBLIC.first}:2525`] },
    allowed: gets(["--allow-net=127.0.0.1:2526"]),
  },
  {
    sentence: "by data that goes with the connection",
    python: `
import socket
connection = socket.socket()
MSG_FASTOPEN = 0x20000000
connection.sendto(b"GET / HTTP/1.0\\r\\n\\r\\n", MSG_FASTOPEN, ("127.0.0.1", 8000))
connection.recv(999).decode().rpartition("\\r\\n")[2]`,
    attacked: { prints: /^(?:refused|raised): / },
    allowed: { never: "woma has no such way to connect" },
    native: gets([]),
  },
  {
    sentence: "by TLS",
    python: `
import socket, ssl
with ssl._create_unverified_context().wrap_socket(socket.create_connection(("127.0.0.1", 443), 10)) as connection:
    connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    answer = b"".join(iter(lambda: connection.recv(999), b""))
answer.decode().rpartition("\\r\\n")[2]`,
    attacked: { prints: refusedAddress("127.0.0.1", 443) },
    allowed: gets(["--allow-net=127.0.0.1:443"]),
  },
  {
    sentence: "by TLS that is wrapped around a socket before it connects",
    python: `
import socket, ssl
with ssl._create_unverified_context().wrap_socket(socket.socket()) as connection:
    connection.connect(("127.0.0.1", 443))
    connection.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    answer = b"".join(iter(lambda: connection.recv(999), b""))
answer.decode().rpartition("\\r\\n")[2]`,
    attacked: { prints: refusedAddress("127.0.0.1", 443) },
    allowed: gets(["--allow-net=127.0.0.1:443"]),
  },
  {
    sentence: "by HTTPS, for a certificate of another name",
    python: `
import http.client, ssl
connection = http.client.HTTPSConnection("127.0.0.1", timeout=10, context=ssl._create_unverified_context())
connection.request("GET", "/", headers={"Host": "${PUBLIC.first}"})
connection.getresponse().read().decode()`,
    attacked: { prints: refusedAddress("127.0.0.1", 443) },
    allowed: gets(["--allow-net=127.0.0.1:443"]),
  },
  {
    sentence: "by asyncio's TLS",
    python: `
import asyncio, ssl
async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", 443, ssl=ssl._create_unverified_context())
    writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
    answer = await reader.read()
    writer.close()
    return answer.decode().rpartition("\\r\\n")[2]
asyncio.run(main())`,
    attacked: { prints: refusedAddress("127.0.0.1", 443) },
    allowed: gets(["--allow-net=127.0.0.1:443"]),
  },
  {
    sentence: "to fetch a server's certificate",
    python: `
import ssl
"SECRET" if ssl.get_server_certificate(("127.0.0.1", 443)).startswith("-----BEGIN") else "nothing"`,
    attacked: { prints: refusedAddress("127.0.0.1", 443) },
    allowed: gets(["--allow-net=127.0.0.1:443"]),
  },
]);

/** What woma does not do whatever is allowed, each with how it says so. */
const NEVER: Readonly<Record<string, readonly [python: string, told: RegExp]>> = {
  "datagrams, sent": [
    `import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 8000))`,
    /^(?:refused|raised): .*woma/,
  ],
  "datagrams, by a connected socket": [
    `
import socket
connection = socket.socket(type=socket.SOCK_DGRAM)
connection.connect(("127.0.0.1", 8000))
connection.send(b"x")`,
    /^(?:refused|raised): .*woma/,
  ],
  "datagrams of IPv6": [
    `import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("::1", 8000))`,
    /^(?:refused|raised): .*woma/,
  ],
  "datagrams to a public address": [
    `import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("${PUBLIC.first}", 8000))`,
    /^(?:refused|raised): .*woma/,
  ],
  "an asyncio endpoint for datagrams": [
    `
import asyncio
async def main():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=("127.0.0.1", 8000))
    transport.sendto(b"x")
asyncio.run(main())`,
    /^(?:refused|raised): .*woma/,
  ],
  "questions of its own to a name server": [
    `import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(bytes(12), ("10.53.53.53", 53))`,
    /^(?:refused|raised): .*woma/,
  ],
  "raw packets": [
    `import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).sendto(b"x", ("127.0.0.1", 0))`,
    /^(?:refused|raised): /,
  ],
  "a port of its own": [`import socket; socket.socket().bind(("127.0.0.1", 7777))`, /^raised: OSError: .*woma/],
  listening: [`import socket; socket.create_server(("127.0.0.1", 7777))`, /^raised: OSError: .*woma/],
  "listening, for asyncio": [
    `
import asyncio
asyncio.run(asyncio.start_server(lambda *_: None, "127.0.0.1", 7777))`,
    /^raised: OSError: .*woma/,
  ],
  "UNIX sockets": [`import socket; socket.socket(socket.AF_UNIX)`, /^raised: (?:OSError|AttributeError): /],
};

for (const flags of [[], ["--allow-net"]]) {
  ways(
    network,
    `a program has no${flags.map((flag) => `, even under ${flag},`).join("")}`,
    Object.entries(NEVER).map(
      ([sentence, [python, told]]): Way => ({
        sentence,
        python: `${python.trim()}\n"had"`,
        attacked: { flags, prints: told },
        allowed: { never: "woma speaks TCP, and only when it speaks first" },
      }),
    ),
  );
}
