"""What web clients answer with, whichever it was."""

import json
from dataclasses import dataclass, field


@dataclass
class Answer:
    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)
    reason: str | None = None
    url: str | None = None

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def shown(self) -> dict:
        """All of it; names of headers in lower case, since some libraries change it and no two agree."""
        headers = [[name.lower(), value] for name, value in self.headers]
        return {
            "status": self.status,
            "reason": self.reason,
            "url": self.url,
            "headers": headers,
            "body": self.body.decode(errors="replace"),
        }
