import email
import email.policy
import imaplib
import ssl
import time

from network import UNKNOWN_HOST, Network
from outcomes import digest
from suite import Suite
from timed import failure

suite = Suite()


def server(network: Network, name="imap", host="localhost", login=True, **options) -> imaplib.IMAP4:
    imap = imaplib.IMAP4(host, network.port(name), **{"timeout": 10, **options})
    if login:
        imap.login("Ada", "secret")
    return imap


def secure(network: Network, context=None) -> imaplib.IMAP4_SSL:
    context = context or ssl.create_default_context(cafile=network.authority)
    return imaplib.IMAP4_SSL("localhost", network.port("imap-tls"), ssl_context=context, timeout=10)


def inbox(network: Network) -> imaplib.IMAP4:
    imap = server(network)
    imap.select()
    return imap


@suite("a server greets, and tells what it can")
def _(network):
    with server(network, login=False) as imap:
        return [imap.welcome, imap.capabilities, imap.state, imap.noop()]


@suite("a login, and a goodbye")
def _(network):
    imap = server(network, login=False)
    return [imap.login("Ada", "secret"), imap.state, imap.logout(), imap.state]


@suite("a server is reached by its address too")
def _(network):
    with server(network, host="127.0.0.1") as imap:
        return imap.state


@suite("a wrong password is an error")
def _(network):
    with server(network, login=False) as imap:
        return [failure(imap.login, "Ada", "wrong"), imap.login("Ada", "secret")]


@suite("a login is proved in another way (AUTHENTICATE)")
def _(network):
    with server(network, login=False) as imap:
        return [imap.authenticate("PLAIN", lambda _challenge: b"\0Ada\0secret"), imap.state]


@suite("without a login nothing is given")
def _(network):
    with server(network, login=False) as imap:
        return failure(imap.select)


@suite("a connection that is refused is an error")
def _(network):
    return failure(server, network, "refused", "127.0.0.1")


@suite("a host that nobody knows is an error")
def _(network):
    return failure(server, network, host=UNKNOWN_HOST)


@suite("a time limit ends the wait for a silent server")
def _(network):
    return failure(server, network, "silent", timeout=0.3, within=5)


@suite("mailboxes are listed")
def _(network):
    with server(network) as imap:
        return [imap.list(), imap.status("INBOX", "(MESSAGES UNSEEN)")]


@suite("a mailbox is opened, to write or only to read")
def _(network):
    with server(network) as imap:
        return [
            imap.select("INBOX"),
            imap.response("UIDVALIDITY"),
            imap.select("INBOX", readonly=True),
            imap.is_readonly,
        ]


@suite("a mailbox that is not there is an answer")
def _(network):
    with server(network) as imap:
        return [imap.select("Nowhere"), imap.state]


@suite("messages are searched for")
def _(network):
    with inbox(network) as imap:
        return [imap.search(None, "ALL"), imap.search(None, "SUBJECT", "first"), imap.search(None, "SUBJECT", '"none"')]


@suite("messages are searched for in any script")
def _(network):
    with inbox(network) as imap:
        imap.literal = "grüße".encode()
        return imap.search("UTF-8", "BODY")


@suite("a message is fetched and read as an email")
def _(network):
    with inbox(network) as imap:
        code, [(line, raw), end] = imap.fetch("2", "(RFC822)")
        message = email.message_from_bytes(raw, policy=email.policy.default)
        return [code, line, end, message["subject"], message.get_content()]


@suite("a big message is fetched whole")
def _(network):
    with inbox(network) as imap:
        return digest(imap.fetch("3", "(BODY[])")[1][0][1])


@suite("parts of many messages are fetched at once")
def _(network):
    with inbox(network) as imap:
        return imap.fetch("1:*", "(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER])")


@suite("messages are asked for by their lasting numbers")
def _(network):
    with inbox(network) as imap:
        return [imap.uid("SEARCH", "UNSEEN"), imap.uid("FETCH", "1", "(FLAGS)")]


@suite("flags are set and taken away")
def _(network):
    with inbox(network) as imap:
        result = [imap.store("1", "+FLAGS", "\\Seen"), imap.store("1:2", "+FLAGS", "(\\Flagged)")]
        return [*result, imap.store("1", "-FLAGS", "\\Seen"), imap.fetch("1,2", "(FLAGS)"), imap.search(None, "UNSEEN")]


@suite("a mailbox that is only read takes no flags")
def _(network):
    with server(network) as imap:
        imap.select("INBOX", readonly=True)
        return imap.store("1", "+FLAGS", "\\Seen")


@suite("messages are deleted")
def _(network):
    with inbox(network) as imap:
        imap.store("1", "+FLAGS", "\\Deleted")
        return [imap.expunge(), imap.search(None, "ALL"), imap.close(), imap.state]


@suite("messages are copied")
def _(network):
    with inbox(network) as imap:
        return [imap.copy("1:2", "Archive"), imap.copy("1", "Nowhere"), imap.select("Archive")]


@suite("a message is put into a mailbox")
def _(network):
    message = "Subject: own\r\n\r\ngrüße\r\n".encode()
    with server(network) as imap:
        result = imap.append("Archive", "(\\Seen)", imaplib.Time2Internaldate(time.gmtime(0)), message)
        imap.select("Archive")
        return [result, imap.fetch("1", "(FLAGS BODY[])"), imap.append("Nowhere", None, None, message)]


@suite("a big message is put into a mailbox whole")
def _(network):
    message = b"Subject: big\r\n\r\n" + b"0123456789abcdef\r\n" * 60_000
    with server(network) as imap:
        imap.append("Archive", None, None, message)
        imap.select("Archive")
        return [digest(message), digest(imap.fetch("1", "(BODY[])")[1][0][1])]


@suite("mailboxes are made, renamed and deleted")
def _(network):
    with server(network) as imap:
        result = [imap.create("New"), imap.create("New"), imap.rename("New", "Newer"), imap.list()]
        return [*result, imap.delete("Newer"), imap.delete("Newer")]


@suite("a command that the state does not allow never leaves")
def _(network):
    with server(network) as imap:
        return failure(imap.fetch, "1", "(FLAGS)")


@suite("a command that is none is an error, and the session goes on")
def _(network):
    with server(network) as imap:
        return [failure(imap.xatom, "NOSUCH"), imap.noop()]


@suite("TLS begins midway, with a private authority")
def _(network):
    with server(network, login=False) as imap:
        started = imap.starttls(ssl.create_default_context(cafile=network.authority))
        return [started, imap.capabilities, imap.login("Ada", "secret"), imap.sock.version()]


@suite("TLS from the start, with a private authority")
def _(network):
    with secure(network) as imap:
        imap.login("Ada", "secret")
        imap.select()
        return [imap.sock.version(), digest(imap.fetch("3", "(RFC822)")[1][0][1])]


@suite("an authority that nobody vouches for is an error, midway and from the start")
def _(network):
    unknown = ssl.create_default_context()
    imap = server(network, login=False)
    return [failure(imap.starttls, unknown), failure(secure, network, unknown)]


@suite("ten sessions at a time")
def _(network):
    sessions = [inbox(network) for _ in range(10)]
    found = [imap.search(None, "ALL")[1] for imap in sessions]
    for imap in sessions:
        imap.logout()
    return found


@suite("commands after the goodbye are errors")
def _(network):
    imap = server(network)
    imap.logout()
    return failure(imap.noop)
