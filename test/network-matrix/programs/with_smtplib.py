import json
import smtplib
import ssl
from email.message import EmailMessage
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from network import UNKNOWN_HOST, Network
from suite import Suite
from timed import failure

suite = Suite()

ADA, GRACE = "ada@mail.test", "grace@mail.test"


def server(network: Network, name="smtp", host="localhost", **options) -> smtplib.SMTP:
    return smtplib.SMTP(host, network.port(name), local_hostname="client.test", **{"timeout": 10, **options})


def secure(network: Network, **options) -> smtplib.SMTP_SSL:
    given = {"local_hostname": "client.test", "timeout": 10, "context": context(network)}
    return smtplib.SMTP_SSL("localhost", network.port("smtp-tls"), **{**given, **options})


def context(network: Network) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=network.authority)


def letter(text="Hello, world!\n") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = ADA, GRACE, "Greetings"
    message.set_content(text)
    return message


def taken(smtp: smtplib.SMTP) -> dict:
    """What the server got last."""
    return json.loads(smtp.docmd("XLAST")[1])


@suite("a server greets, and tells what it can")
def _(network):
    with server(network) as smtp:
        return [smtp.ehlo(), smtp.esmtp_features, smtp.has_extn("starttls"), smtp.does_esmtp]


@suite("a server is reached by its address too, and without greeting first")
def _(network):
    smtp = smtplib.SMTP()
    code, greeting = smtp.connect("127.0.0.1", network.port("smtp"))
    return [code, greeting, smtp.helo("client.test"), smtp.noop(), smtp.quit()]


@suite("a message is sent")
def _(network):
    with server(network) as smtp:
        refused = smtp.sendmail(ADA, [GRACE], "Subject: test\n\nHello\n.dot\n..dots\n")
        return [refused, taken(smtp)]


@suite("an email is sent to those whom it names")
def _(network):
    message = letter()
    message["Cc"] = "other@mail.test, Third <third@mail.test>"
    message["Bcc"] = "hidden@mail.test"
    with server(network) as smtp:
        return [smtp.send_message(message), taken(smtp)]


@suite("text in any script is encoded")
def _(network):
    message = letter("grüße 日本語 😀\n")
    message.replace_header("Subject", "Ünïcode 日本")
    with server(network) as smtp:
        smtp.send_message(message)
        return taken(smtp)


@suite("addresses in any script go by SMTPUTF8")
def _(network):
    message = letter()
    message.replace_header("To", "grüße@mail.test")
    with server(network) as smtp:
        smtp.send_message(message)
        return taken(smtp)


@suite("an email with parts arrives byte by byte")
def _(network):
    message = MIMEMultipart(boundary="=of-the-test=")
    message["Subject"] = "parts"
    message.attach(MIMEText("see picture\n"))
    message.attach(MIMEImage(bytes(range(256)), "png", name="dots.png"))
    with server(network) as smtp:
        smtp.sendmail(ADA, GRACE, message.as_string())
        return taken(smtp)


@suite("a big message arrives whole")
def _(network):
    lines = "".join(f"line {number} {'x' * 60}\n" for number in range(40_000))
    with server(network) as smtp:
        smtp.sendmail(ADA, GRACE, f"Subject: big\n\n{lines}")
        return taken(smtp)


@suite("a message that is larger than the server takes is known before")
def _(network):
    with server(network) as smtp:
        smtp.ehlo()
        return [smtp.esmtp_features["size"], smtp.mail(ADA, ["size=5"]), smtp.rset()]


@suite("several messages go over one connection")
def _(network):
    with server(network) as smtp:
        results = []
        for number in range(3):
            smtp.sendmail(ADA, GRACE, f"Subject: {number}\n\nbody\n")
            results.append(taken(smtp)["text"])
        return results


@suite("a recipient who is refused is told of, if others are not")
def _(network):
    with server(network) as smtp:
        return [smtp.sendmail(ADA, [GRACE, "nobody@mail.test"], "\n\nbody\n"), taken(smtp)["recipients"]]


@suite("when all recipients are refused it is an error")
def _(network):
    with server(network) as smtp:
        return [failure(smtp.sendmail, ADA, ["nobody@mail.test"], "\n\nbody\n"), smtp.noop()]


@suite("a sender who is refused is an error")
def _(network):
    with server(network) as smtp:
        return [failure(smtp.sendmail, "full@mail.test", GRACE, "\n\nbody\n"), smtp.noop()]


@suite("TLS begins midway, with a private authority")
def _(network):
    with server(network) as smtp:
        smtp.ehlo()
        started = smtp.starttls(context=context(network))
        smtp.ehlo()
        smtp.sendmail(ADA, GRACE, "\n\nbody\n")
        return [started, smtp.has_extn("starttls"), taken(smtp)["secure"], smtp.sock.version()]


@suite("TLS from the start, with a private authority")
def _(network):
    with secure(network) as smtp:
        smtp.sendmail(ADA, GRACE, "\n\nbody\n")
        return [taken(smtp)["secure"], smtp.sock.getpeercert()["subject"]]


@suite("a big message arrives whole over TLS")
def _(network):
    lines = "".join(f"line {number} {'x' * 60}\n" for number in range(40_000))
    with secure(network) as smtp:
        smtp.sendmail(ADA, GRACE, f"Subject: big\n\n{lines}")
        return taken(smtp)


@suite("an authority that nobody vouches for is an error, midway and from the start")
def _(network):
    unknown = ssl.create_default_context()
    smtp = server(network)
    return [failure(smtp.starttls, context=unknown), failure(secure, network, context=unknown)]


@suite("a name that the certificate does not have is an error")
def _(network):
    smtp = server(network)
    smtp._host = "other.example"
    return failure(smtp.starttls, context=context(network))


@suite("without looking at the certificate, when the program says so")
def _(network):
    with server(network) as smtp:
        smtp.starttls()
        return smtp.noop()


@suite("logins of every kind")
def _(network):
    results = []
    for kind in ("CRAM-MD5", "PLAIN", "LOGIN"):
        with server(network) as smtp:
            smtp.ehlo()
            smtp.user, smtp.password = "Ada", "secret"
            results.append(smtp.auth(kind, getattr(smtp, f"auth_{kind.lower().replace('-', '_')}")))
    with secure(network) as smtp:
        results.append(smtp.login("Ada", "secret"))
        smtp.sendmail(ADA, GRACE, "\n\nbody\n")
        return [*results, taken(smtp)["user"]]


@suite("a wrong password is an error")
def _(network):
    with secure(network) as smtp:
        return [failure(smtp.login, "Ada", "wrong"), smtp.noop()]


@suite("other commands: VRFY, HELP, one that is none")
def _(network):
    with server(network) as smtp:
        return [smtp.verify(GRACE), smtp.verify("nobody@mail.test"), smtp.help(), smtp.docmd("NOSUCH", "thing")]


@suite("a connection that is refused is an error")
def _(network):
    return failure(server, network, "refused", "127.0.0.1")


@suite("a host that nobody knows is an error")
def _(network):
    return failure(smtplib.SMTP, UNKNOWN_HOST, 25, timeout=10)


@suite("a time limit ends the wait for a silent server")
def _(network):
    return failure(server, network, "silent", timeout=0.3, within=5)


@suite("a time limit ends the wait for a slow answer")
def _(network):
    smtp = server(network, timeout=0.3)
    return failure(smtp.sendmail, "slow@mail.test", GRACE, "\n\nbody\n", within=2.5)


@suite("a server that hangs up is an error, and the next connection works")
def _(network):
    smtp = server(network)
    first = failure(smtp.sendmail, "drop@mail.test", GRACE, "\n\nbody\n")
    second = failure(smtp.noop)
    smtp.connect("localhost", network.port("smtp"))
    return [first, second, smtp.noop()]


@suite("commands after the goodbye are errors")
def _(network):
    smtp = server(network)
    smtp.quit()
    return failure(smtp.noop)


@suite("twenty connections at a time")
def _(network):
    connections = [server(network) for _ in range(20)]
    answers = [smtp.noop()[0] for smtp in connections]
    for smtp in connections:
        smtp.quit()
    return answers


@suite("what goes over the line can be seen")
def _(network):
    import contextlib
    import io

    with contextlib.redirect_stderr(io.StringIO()) as seen:
        smtp = smtplib.SMTP(timeout=10)
        smtp.set_debuglevel(1)
        smtp.connect("localhost", network.port("smtp"))
        smtp.helo("client.test")
        smtp.close()
    return seen.getvalue().splitlines()[1:]
