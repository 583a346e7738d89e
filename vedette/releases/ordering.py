"""The order of versions (semver.org, section 11) as bytes that a database can sort.

Bytes, because the order of texts depends on the database's language.
"""

from __future__ import annotations

from vedette.releases.names import Version

_FINAL = b"~"  # sorts after every pre-release


def version_order(version: Version | None) -> bytes | None:
    """A key that sorts as the versions do, builds aside; None for no version."""
    if version is None:
        return None
    numbers = b"".join(_number(str(number)) for number in version.numbers)
    return numbers + (_pre(version.pre) if version.pre else _FINAL)


def build_order(version: Version | None) -> bytes:
    """A key that sorts builds of one version: none, then numbers, then texts."""
    build = version.build_code if version else None
    return _identifier(build) if build else b""


def _pre(text: str) -> bytes:
    """Fewer identifiers sort first: the blank after each is below every character of one."""
    return b" ".join(_identifier(part) for part in text.split("."))


def _identifier(text: str) -> bytes:
    """A number sorts before a text, and by its size."""
    return b"0" + _number(text) if text.isdigit() else b"1" + text.encode()


def _number(text: str) -> bytes:
    digits = text.lstrip("0")
    return b"%03d%s" % (len(digits), digits.encode())
