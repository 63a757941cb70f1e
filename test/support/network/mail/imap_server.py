"""IMAP4rev1, as far as imaplib asks: each session has mailboxes of its own, INBOX with three messages."""

import base64
import re
import shlex

from line_server import Connection, serve


class Message:
    def __init__(self, number: int, text: bytes, flags: set[str]) -> None:
        self.uid = number
        self.text = text
        self.flags = flags

    @property
    def header(self) -> bytes:
        return self.text.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def letter(number: int, subject: str, body: str) -> bytes:
    head = f"From: ada@mail.test\r\nSubject: {subject}\r\nMessage-ID: <{number}@mail.test>\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n".encode()


class Session:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known = False
        letters = [("first", "one"), ("=?utf-8?q?zw=C3=B6lf?=", "gr\u00fc\u00dfe"), ("third", "x" * 200_000)]
        inbox = [Message(number, letter(number, *words), set()) for number, words in enumerate(letters, 1)]
        self.mailboxes: dict[str, list[Message]] = {"INBOX": inbox, "Archive": []}
        self.selected: str | None = None
        self.read_only = False

    @property
    def messages(self) -> list[Message]:
        return self.mailboxes[self.selected or "INBOX"]

    def run(self) -> None:
        self.connection.send("* OK mail.test ready")
        while True:
            tag, _, rest = self.line_with_literals().partition(" ")
            word, _, rest = rest.partition(" ")
            if word.upper() == "LOGOUT":
                return self.connection.send("* BYE goodbye", f"{tag} OK done")
            command = getattr(self, f"do_{word.lower()}", None)
            if command is None:
                self.connection.send(f"{tag} BAD no such command")
            elif not self.known and word.upper() not in BEFORE_LOGIN:
                self.connection.send(f"{tag} NO who are you?")
            else:
                answer = command(rest)
                self.connection.send(f"{tag} {answer or 'OK done'}")
                if answer == "OK go on":
                    self.connection.start_tls()

    def line_with_literals(self) -> str:
        """A line, the literals in it in Latin-1 after a NUL, which nothing else has."""
        line = self.connection.line()
        while match := re.search(r"\{(\d+)\}$", line):
            self.connection.send("+ go on")
            literal = self.connection.exactly(int(match[1])).decode("latin1")
            line = f"{line[: match.start()]}\0{literal}\0{self.connection.line()}"
        return line

    def tell(self, *lines: str) -> None:
        self.connection.send(*(f"* {line}" for line in lines))

    # Logins

    def do_capability(self, _rest: str) -> None:
        tls = "" if self.connection.secure else " STARTTLS"
        self.tell(f"CAPABILITY IMAP4rev1 AUTH=PLAIN UIDPLUS{tls}")

    def do_starttls(self, _rest: str) -> str:
        return "NO already" if self.connection.secure else "OK go on"

    def do_login(self, rest: str) -> str:
        self.known = shlex.split(rest) == ["Ada", "secret"]
        return "OK welcome" if self.known else "NO [AUTHENTICATIONFAILED] wrong user or password"

    def do_authenticate(self, _rest: str) -> str:
        self.connection.send("+ ")
        self.known = base64.b64decode(self.connection.line()) == b"\0Ada\0secret"
        return "OK welcome" if self.known else "NO [AUTHENTICATIONFAILED] wrong user or password"

    def do_noop(self, _rest: str) -> None:
        pass

    # Mailboxes

    def do_list(self, _rest: str) -> None:
        self.tell(*(f'LIST (\\HasNoChildren) "/" "{name}"' for name in sorted(self.mailboxes)))

    def do_create(self, rest: str) -> str:
        [name] = shlex.split(rest)
        if name in self.mailboxes:
            return "NO there already"
        self.mailboxes[name] = []
        return "OK made"

    def do_delete(self, rest: str) -> str:
        return "OK gone" if self.mailboxes.pop(shlex.split(rest)[0], None) is not None else "NO no such mailbox"

    def do_rename(self, rest: str) -> None:
        old, new = shlex.split(rest)
        self.mailboxes[new] = self.mailboxes.pop(old)

    def do_status(self, rest: str) -> None:
        name = rest.split(" ")[0].strip('"')
        messages = self.mailboxes[name]
        unseen = sum("\\Seen" not in message.flags for message in messages)
        self.tell(f'STATUS "{name}" (MESSAGES {len(messages)} UNSEEN {unseen})')

    def do_select(self, rest: str, read_only: bool = False) -> str:
        [name] = shlex.split(rest)
        if name not in self.mailboxes:
            return "NO no such mailbox"
        self.selected, self.read_only = name, read_only
        self.tell(
            f"{len(self.messages)} EXISTS", "0 RECENT", "FLAGS (\\Seen \\Deleted \\Flagged)", "OK [UIDVALIDITY 1]"
        )
        return "OK [READ-ONLY] selected" if read_only else "OK [READ-WRITE] selected"

    def do_examine(self, rest: str) -> str:
        return self.do_select(rest, read_only=True)

    def do_close(self, _rest: str) -> None:
        self.do_expunge("", told=False)
        self.selected = None

    # Messages

    def do_append(self, rest: str) -> str:
        head, literal, _ = rest.split("\0")
        name = head.split(" ")[0].strip('"')
        if name not in self.mailboxes:
            return "NO [TRYCREATE] no such mailbox"
        flags = set(re.findall(r"\\\w+", head))
        messages = self.mailboxes[name]
        messages.append(Message(len(messages) + 1, literal.encode("latin1"), flags))
        return f"OK [APPENDUID 1 {len(messages)}] taken"

    def do_search(self, rest: str) -> None:
        found = [str(number) for number, message in enumerate(self.messages, 1) if self.matches(message, rest)]
        self.tell(" ".join(["SEARCH", *found]))

    def matches(self, message: Message, words: str) -> bool:
        wanted = shlex.split(words.replace("\0", '"'))
        if "UNSEEN" in wanted and "\\Seen" in message.flags:
            return False
        for name in ("SUBJECT", "BODY", "TEXT"):
            if name in wanted:
                text = wanted[wanted.index(name) + 1].encode("latin1")
                return text in (message.header if name == "SUBJECT" else message.text)
        return True

    def do_fetch(self, rest: str) -> None:
        numbers, _, parts = rest.partition(" ")
        for number in self.numbers(numbers):
            self.give(number, parts)

    def do_uid(self, rest: str) -> str | None:
        word, _, rest = rest.partition(" ")
        return getattr(self, f"do_{word.lower()}")(rest)

    def give(self, number: int, parts: str) -> None:
        message = self.messages[number - 1]
        given: list[bytes] = [f"UID {message.uid}".encode()] if "UID" in parts else []
        if "FLAGS" in parts:
            given.append(f"FLAGS ({' '.join(sorted(message.flags))})".encode())
        if "RFC822.SIZE" in parts:
            given.append(f"RFC822.SIZE {len(message.text)}".encode())
        for name, text in (("BODY[HEADER]", message.header), ("RFC822", message.text), ("BODY[]", message.text)):
            asked = parts.replace("RFC822.SIZE", "").replace("BODY.PEEK", "BODY")
            if name in asked:
                given.append(f"{name} {{{len(text)}}}\r\n".encode() + text)
        self.connection.send_bytes(f"* {number} FETCH (".encode() + b" ".join(given) + b")\r\n")

    def do_store(self, rest: str) -> str | None:
        if self.read_only:
            return "NO read-only"
        numbers, how, flags = rest.split(" ", 2)
        for number in self.numbers(numbers):
            message = self.messages[number - 1]
            given = set(re.findall(r"\\\w+", flags))
            message.flags = (
                message.flags | given if how[0] == "+" else message.flags - given if how[0] == "-" else given
            )
            self.tell(f"{number} FETCH (FLAGS ({' '.join(sorted(message.flags))}))")
        return None

    def do_copy(self, rest: str) -> str | None:
        numbers, name = shlex.split(rest)
        if name not in self.mailboxes:
            return "NO [TRYCREATE] no such mailbox"
        self.mailboxes[name] += [self.messages[number - 1] for number in self.numbers(numbers)]
        return None

    def do_expunge(self, _rest: str, told: bool = True) -> None:
        for number in range(len(self.messages), 0, -1):
            if "\\Deleted" in self.messages[number - 1].flags:
                del self.messages[number - 1]
                if told:
                    self.tell(f"{number} EXPUNGE")

    def numbers(self, words: str) -> list[int]:
        count = len(self.messages)
        found: list[int] = []
        for word in words.split(","):
            first, _, last = word.partition(":")
            end = last or first
            found += range(int(first), (count if end == "*" else int(end)) + 1)
        return [number for number in found if 1 <= number <= count]


BEFORE_LOGIN = {"CAPABILITY", "STARTTLS", "LOGIN", "AUTHENTICATE", "NOOP"}

serve(lambda connection: Session(connection).run())
