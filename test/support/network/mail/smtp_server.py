"""
SMTP with STARTTLS and logins (Ada, "secret"). Addresses that begin with certain words are trouble, see `do_mail` and
`do_rcpt`.
"""

import base64
import hashlib
import hmac
import json
import time

from line_server import Connection, serve


class Session:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.user: str | None = None
        self.greeting = ""
        self.last: dict = {}
        self.reset()

    def reset(self) -> None:
        self.sender: str | None = None
        self.recipients: list[str] = []

    def run(self) -> None:
        self.reply(220, "mail.test ready")
        while True:
            word, _, rest = self.connection.line().partition(" ")
            if word.upper() == "QUIT":
                self.reply(221, "goodbye")
                return
            command = getattr(self, f"do_{word.lower()}") if word.lower() in COMMANDS else None
            if command is None:
                self.reply(500, f"no such command: {word}")
            elif command(rest) == "close":
                return

    def reply(self, code: int, *lines: str) -> None:
        *before, last = lines
        self.connection.send(*(f"{code}-{line}" for line in before), f"{code} {last}")

    def do_helo(self, rest: str) -> None:
        self.greeting = rest
        self.reply(250, "mail.test")

    def do_ehlo(self, rest: str) -> None:
        self.greeting = rest
        tls = [] if self.connection.secure else ["STARTTLS"]
        offered = ["mail.test", "SIZE 10000000", "8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN CRAM-MD5", *tls, "HELP"]
        self.reply(250, *offered)

    def do_starttls(self, _rest: str) -> None:
        if self.connection.secure:
            return self.reply(503, "already")
        self.reply(220, "go on")
        self.connection.start_tls()
        self.user = None
        self.reset()

    def do_auth(self, rest: str) -> None:
        kind, _, initial = rest.partition(" ")
        if self.login_is_right(kind.upper(), initial):
            self.user = "Ada"
            self.reply(235, "welcome, Ada")
        else:
            self.reply(535, "wrong user or password")

    def login_is_right(self, kind: str, initial: str) -> bool:
        if kind == "CRAM-MD5":
            user, _, proof = self.asked("<woma@mail.test>").partition(" ")
            return user == "Ada" and proof == hmac.new(b"secret", b"<woma@mail.test>", "md5").hexdigest()
        if kind == "LOGIN":
            user = decoded(initial) if initial else self.asked("User Name")
            return (user, self.asked("Password")) == ("Ada", "secret")
        return (decoded(initial) if initial else self.asked("")) == "\0Ada\0secret"

    def asked(self, question: str) -> str:
        self.reply(334, base64.b64encode(question.encode()).decode())
        return decoded(self.connection.line())

    def do_mail(self, rest: str) -> str | None:
        self.sender = rest
        if "drop@" in rest:
            return "close"
        if "slow@" in rest:
            time.sleep(3)
        if "full@" in rest:
            return self.reply(452, "no room")
        return self.reply(250, "sender ok")

    def do_rcpt(self, rest: str) -> None:
        if "nobody@" in rest:
            self.reply(550, "nobody of that name")
        elif self.sender is None:
            self.reply(503, "who is it from?")
        else:
            self.recipients.append(rest)
            self.reply(250, "recipient ok")

    def do_data(self, _rest: str) -> None:
        if not self.recipients:
            return self.reply(503, "to whom?")
        self.reply(354, "end with a line of a dot")
        lines = []
        while (line := self.connection.line()) != ".":
            lines.append(line.removeprefix("."))
        text = "\n".join(lines)
        raw = text.encode("utf-8", "surrogateescape")
        kept = text if len(text) < 5000 else None
        digest = hashlib.sha256(raw).hexdigest()
        self.last = {"text": kept, "bytes": len(raw), "sha256": digest, "user": self.user, "hello": self.greeting}
        self.last |= {"sender": self.sender, "recipients": self.recipients, "secure": self.connection.secure}
        self.reset()
        self.reply(250, f"taken, {len(raw)} bytes")

    def do_xlast(self, _rest: str) -> None:
        """What was taken last."""
        self.reply(250, json.dumps(self.last, ensure_ascii=True))

    def do_rset(self, _rest: str) -> None:
        self.reset()
        self.reply(250, "forgotten")

    def do_noop(self, _rest: str) -> None:
        self.reply(250, "nothing done")

    def do_help(self, _rest: str) -> None:
        self.reply(214, "no help", "here")

    def do_vrfy(self, rest: str) -> None:
        self.reply(*((550, "nobody") if "nobody" in rest else (252, "perhaps")))


COMMANDS = {"helo", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "xlast", "rset", "noop", "help", "vrfy"}


def decoded(text: str) -> str:
    return base64.b64decode(text).decode()


serve(lambda connection: Session(connection).run())
