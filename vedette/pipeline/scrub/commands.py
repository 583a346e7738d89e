"""Commands that take a password as an argument: `mysql -pX`, `sshpass -p X`, `curl -u ann:X`.

`in_text` finds them in a command line or in a list of arguments that was written out,
`secret_part` in a real list. Which letter stands for a password differs: `-p` is a port to
`psql` and `ssh`, a folder's parents to `mkdir`; so the command has to be one that is listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub import values

Span = tuple[int, int]
Spend = Callable[[], None]


class _Way(NamedTuple):
    """How some commands take one: after which option, with a blank, without one, or either."""

    commands: str
    options: str
    is_apart: bool = True
    is_attached: bool = False
    of_user: bool = False  # behind a name and a colon


_WAYS = (
    _Way(
        "mysql(?:dump|admin|import|show|check|pump|slap|sh|binlog|_upgrade)?"
        "|mariadb(?:-dump|-admin|-import|-show|-check|-binlog|-upgrade|-backup)?",
        "-p",
        is_apart=False,
        is_attached=True,
    ),
    _Way("sshpass", "-p", is_attached=True),
    _Way("ldap[a-z]{3,9}", "-w", is_attached=True),
    _Way("redis-cli|valkey-cli|keydb-cli", "-a"),
    _Way("mongo[a-z]{0,8}|cqlsh|rabbitmqadmin|login", "-p"),
    _Way("sqlcmd|bcp|osql|tsql|unzip|zip|zipcloak", "-P", is_attached=True),
    _Way("7z[ar]?|rar|unrar", "-p", is_apart=False, is_attached=True),
    _Way("plink|pscp|psftp|nodetool", "-pw"),
    _Way("curl", "--user|--proxy-user|-u", is_attached=True, of_user=True),
    _Way("smbclient|rpcclient", "-U", of_user=True),
    _Way("keytool|jarsigner", "-(?:store|key|srcstore|deststore)pass"),
)
_GAP = r"(?:[\"']?,?\s{1,4}[\"']?|[\"'],[\"'])"
_QUOTE = r"[\"']"
_ARGUMENT = r"(?!//)([^\s\"',|;<>()-][^\s\"'|;<>]{0,511})"


def _expression(way: _Way) -> re.Pattern[bytes]:
    """The line from the command to the argument."""
    gap = _GAP if way.is_apart else ""
    if way.is_attached:
        gap = f"(?:{gap or _QUOTE}|{_QUOTE})?"
    user = "[^\\s:%\"',]{0,128}[:%]" if way.of_user else ""
    return re.compile(
        rf"\b(?:{way.commands})(?:\.exe)?{_GAP}(?:[^\r\n|;]{{0,200}}?[\s\"'])??"
        rf"(?:{way.options}){gap}{user}{_ARGUMENT}".encode()
    )


# Commands whose password is told from other arguments by its place alone.
_ANYTHING = r"[^\s\"',|;<>-][^\s\"',|;<>]*"
_BY_PLACE = re.compile(
    (
        rf"\b(?:htpasswd{_GAP}-[a-zA-Z]*b[a-zA-Z]*{_GAP}(?:-\w{{1,4}}{_GAP})*"
        rf"(?:{_ANYTHING}{_GAP}){{1,2}}"
        rf"|net[1]?(?:\.exe)?{_GAP}use{_GAP}(?:[a-zA-Z*]:?{_GAP})?\\\\{_ANYTHING}{_GAP}"
        rf"|net[1]?(?:\.exe)?{_GAP}user{_GAP}{_ANYTHING}{_GAP}"
        rf"|(?:requirepass|masterauth){_GAP}"
        rf"|rabbitmqctl{_GAP}(?:add_user|change_password|authenticate_user){_GAP}{_ANYTHING}{_GAP}"
        rf"|openssl{_GAP}[^\r\n|;]{{1,200}}?\s-[kK]{_GAP}"
        rf"|sqlplus(?:{_GAP}-\w{{1,3}})*{_GAP}\w{{1,64}}/)(?!/)([^\s\"'|;<>@/-][^\s\"'|;<>@]{{0,511}})"
        rf"|\bjdbc:oracle:\w{{1,8}}:\w{{1,64}}/([^\s\"'@/]{{1,128}})@"
    ).encode()
)
_PLACED = re2.compile(
    rb"htpasswd|requirepass|masterauth|\bnet1?(?:\.exe)?\s+use|rabbitmqctl|openssl|sqlplus|jdbc:oracle"
)
_LONGEST = 32
_IN_TEXT = tuple(_expression(way) for way in _WAYS)
_COMMAND = re.compile(rf"(?:{'|'.join(f'({way.commands})' for way in _WAYS)})(?:\.exe)?".encode())
_OPTION = tuple(re.compile(f"(?:{way.options})".encode()) for way in _WAYS)
_USER = re.compile(rb"[^\s:%]{0,128}[:%]")
_NAMES = "|".join(way.commands for way in _WAYS)
# In a list a command is an item of its own: a path, or quoted once more.
TRIGGERS = (
    rf"[\"'/](?:{_NAMES})\\?['\"]"
    rf"|(?:{_NAMES})(?:[^\"\\]|\\.){{0,80}} -[auwpPU]|(?:keytool|jarsigner)[^\"]{{1,80}}pass "
    r"|htpasswd|net1?(?:\.exe)? use|rabbitmqctl|openssl[^\"]{1,200} -[kK]|sqlplus|jdbc:oracle:",
)
_ANY = re2.compile(rf"\b(?:{_NAMES})(?:\.exe)?(?:[\"',]|\s)".encode())


def in_text(text: bytes, spend: Spend) -> Iterator[Span]:
    """Where the arguments stand that are passwords."""
    if _PLACED.search(text):
        for match in _BY_PLACE.finditer(text):
            spend()
            argument = match[1] or match[2]
            if not (values.says_nothing(argument) or values.is_of_sentence(argument)):
                yield match.span(1 if match[1] else 2)
    if not _ANY.search(text):
        return
    for expression in _IN_TEXT:
        for match in expression.finditer(text):
            spend()
            if not (values.says_nothing(match[1]) or values.is_of_sentence(match[1])):
                yield match.span(1)


def way_of(command: bytes) -> int | None:
    """The number of the way in which a command takes a password, if it does."""
    name = command[max(command.rfind(b"/"), command.rfind(b"\\")) + 1 :]
    match = _COMMAND.fullmatch(name) if len(name) <= _LONGEST else None
    return match.lastindex - 1 if match is not None and match.lastindex else None


def secret_part(way: int, argument: bytes, before: bytes) -> int | None:
    """From which byte on an argument is a password, given the one before it; None if it is none."""
    attached = _OPTION[way].match(argument)
    if attached and _WAYS[way].is_attached and attached.end() < len(argument):
        return _behind_user(way, argument, attached.end())
    if not _WAYS[way].is_apart or not _OPTION[way].fullmatch(before):
        return None
    return _behind_user(way, argument, 0)


def _behind_user(way: int, argument: bytes, start: int) -> int | None:
    """Where the password begins, behind the name of a user where there is one."""
    if not _WAYS[way].of_user:
        return start
    user = _USER.match(argument, start)
    return user.end() if user else None
