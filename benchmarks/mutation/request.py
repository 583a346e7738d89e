"""A request before it is bytes, so that every part of it can be changed."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from urllib.parse import quote

_SAFE = "/:@!$'()*+,;=~-._"


@dataclass(slots=True)
class Request:
    """`path` and the query are text: they are quoted when sent, unless `is_quoted` is off.

    `is_whole` is false when the framing was changed: no answer may be the right answer then.
    """

    group: str
    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    who: str = "stranger"
    is_quoted: bool = True
    is_whole: bool = True
    raw: bytes = b""

    def copy(self) -> Request:
        """One that may be changed."""
        return copy.deepcopy(self)

    def header(self, name: str, value: str) -> None:
        """Set a header, in place of those of this name."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers.append((name, value))

    def encoded(self) -> bytes:
        """The bytes to send; `raw`, once it is set."""
        if self.raw:
            return self.raw
        lines = [f"{self.method} {self._target()} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body and not any(name.lower() == "content-length" for name, _ in self.headers):
            lines.append(f"Content-Length: {len(self.body)}")
        head = "\r\n".join([*lines, "", ""])
        return head.encode("utf-8", "surrogatepass") + self.body

    def _target(self) -> str:
        query = "&".join(f"{self._text(k)}={self._text(v)}" for k, v in self.query)
        return self._text(self.path) + ("?" + query if query else "")

    def _text(self, text: str) -> str:
        if self.is_quoted:
            return quote(text.encode("utf-8", "surrogatepass"), safe=_SAFE)
        return text
