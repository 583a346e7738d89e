"""How plain conversations ask for TLS in the middle: SMTP, IMAP, POP3, FTP and PostgreSQL.

The agreement is made in the open; whoever goes on without it is told apart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from vedette.probing.running import Failed
from vedette.probing.talk import Talk

_MOST_LINES = 50


async def smtp_reply(talk: Talk) -> tuple[int, list[str]]:
    """Code and lines of a reply (RFC 5321 4.2). Raises Failed."""
    lines: list[str] = []
    while len(lines) < _MOST_LINES:
        line = (await talk.line()).decode("utf-8", "replace")
        if len(line) < 3 or not line[:3].isdigit():
            raise Failed("protocol", f"no reply of a mail server: {line[:100]}")
        lines.append(line[4:])
        if line[3:4] != "-":
            return int(line[:3]), lines
    raise Failed("protocol", "the reply has no end")


async def _smtp(talk: Talk) -> None:
    await smtp_reply(talk)
    talk.say(b"EHLO vedette.invalid\r\n")
    await smtp_reply(talk)
    talk.say(b"STARTTLS\r\n")
    code, lines = await smtp_reply(talk)
    _agreed(code == 220, lines[0])


async def _imap(talk: Talk) -> None:
    await talk.line()
    talk.say(b"a1 STARTTLS\r\n")
    for _line in range(_MOST_LINES):
        line = await talk.line()
        if line.startswith(b"a1 "):
            _agreed(line[3:5].upper() == b"OK", line.decode("utf-8", "replace"))
            return
    raise Failed("protocol", "the reply has no end")


async def _pop3(talk: Talk) -> None:
    await talk.line()
    talk.say(b"STLS\r\n")
    line = await talk.line()
    _agreed(line.startswith(b"+OK"), line.decode("utf-8", "replace"))


async def _ftp(talk: Talk) -> None:
    await smtp_reply(talk)
    talk.say(b"AUTH TLS\r\n")
    code, lines = await smtp_reply(talk)
    _agreed(code == 234, lines[0])


async def _postgres(talk: Talk) -> None:
    talk.say(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")
    _agreed(await talk.exactly(1) == b"S", "the server has no TLS")


def _agreed(is_so: bool, words: str) -> None:
    if not is_so:
        raise Failed("starttls", f"TLS is refused: {words[:200]}")


WAYS: dict[str, Callable[[Talk], Awaitable[None]]] = {
    "smtp": _smtp,
    "imap": _imap,
    "pop3": _pop3,
    "ftp": _ftp,
    "postgres": _postgres,
}
