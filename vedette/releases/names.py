"""Names of releases: `package@version+build` taken apart as Sentry does, and refused names.

Pure; follows the rules that Sentry's clients and Relay share (release-parser).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 249


class InvalidRelease(ValueError):
    """A name that no release can have; the text says why."""


class TooLong(InvalidRelease):
    """More characters than a name may have."""


class BadCharacters(InvalidRelease):
    """A character that addresses cannot carry."""


class RestrictedName(InvalidRelease):
    """A name that means something else in searches and addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A semantic version. `raw_quad` holds the numbers as they were written."""

    raw_quad: tuple[str, str | None, str | None, str | None]
    pre: str | None
    build_code: str | None
    raw_short: str

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Major, minor, patch and revision; what was not written is 0."""
        major, minor, patch, revision = (int(part or 0) for part in self.raw_quad)
        return major, minor, patch, revision

    @property
    def components(self) -> int:
        """How many numbers were written."""
        return sum(part is not None for part in self.raw_quad)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseName:
    """A release's name in its parts. A version without a package is only a text."""

    name: str
    package: str | None
    version_raw: str
    version: Version | None

    @property
    def build_hash(self) -> str | None:
        """The hash that the build, or else the whole version, is."""
        text = self.version.build_code if self.version else self.version_raw
        is_hash = text is not None and len(text) in _HASH_LENGTHS and _HASH.fullmatch(text)
        return text if is_hash else None

    @property
    def description(self) -> str:
        """The short name for people."""
        short_hash = (self.build_hash or "")[:12]
        if self.version is None:
            return short_hash or self.name
        build = short_hash or self.version.build_code
        return f"{self.version.raw_short} ({build})" if build else self.version.raw_short


def check_release(name: str) -> str:
    """The name without blanks around it. Raises InvalidRelease for one that cannot be."""
    name = name.strip()
    if len(name) > MOST_CHARACTERS:
        raise TooLong(f"A release's name has at most {MOST_CHARACTERS} characters.")
    if _BAD.search(name):
        raise BadCharacters("A release's name has no slash, line break, tab or NUL.")
    if name.lower() in _RESTRICTED:
        raise RestrictedName(f"{name!r} cannot be the name of a release.")
    return name


def is_valid(name: str) -> bool:
    """Whether a release can be called so; the empty text is no name."""
    try:
        return bool(check_release(name))
    except InvalidRelease:
        return False


def parse_release(name: str) -> ReleaseName:
    """The parts of a name. Raises InvalidRelease."""
    name = check_release(name)
    found = _RELEASE.fullmatch(name)
    if found is None:
        return ReleaseName(name=name, package=None, version_raw=name, version=None)
    return ReleaseName(
        name=name,
        package=found["package"],
        version_raw=found["version"],
        version=parse_version(found["version"]),
    )


def parse_version(text: str) -> Version | None:
    """A semantic version of up to four numbers, or None."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    build = found["build"]
    return Version(
        raw_quad=(found["major"], found["minor"], found["patch"], found["revision"]),
        pre=(found["pre"] or "").removeprefix("-") or None,
        build_code=build,
        raw_short=text.removesuffix(f"+{build}") if build else text,
    )


_RESTRICTED = frozenset((".", "..", "latest"))
_BAD = re.compile(r"[/\r\n\t\x0c\x00]")
_RELEASE = re.compile(r"(?P<package>@?[^@]+)@(?P<version>.+)")
_IDENTIFIER = r"[0-9A-Za-z-]+"
_VERSION = re.compile(
    rf"""
    (?P<major>[0-9]+)
    (?:\.(?P<minor>[0-9]+))?
    (?:\.(?P<patch>[0-9]+))?
    (?:\.(?P<revision>[0-9]+))?
    (?P<pre>(?:-{_IDENTIFIER}|[a-z][0-9A-Za-z-]*)(?:\.{_IDENTIFIER})*)?
    (?:\+(?P<build>{_IDENTIFIER}(?:\.{_IDENTIFIER})*))?
    """,
    re.VERBOSE | re.ASCII,
)
_HASH_LENGTHS = frozenset((12, 16, 20, 32, 40, 64))
_HASH = re.compile(r"[0-9a-fA-F]+", re.ASCII)
