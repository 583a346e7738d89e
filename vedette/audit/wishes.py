"""`audit.toml` at the root of a checkout: what its people want of the audit."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from vedette.audit.errors import Misasked
from vedette.audit.finding import Finding, Severity
from vedette.audit.rules import rules
from vedette.audit.walk import MOST_BYTES, Source, read, shown

NAME = "audit.toml"


class RuleWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[rule."swallow.py-broad"]`: another severity, or off, for which a reason is due."""

    severity: str = ""
    off: bool = False
    reason: str = ""


class PathWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[paths]]`: findings below a pattern that are accepted; of all rules if none is named."""

    match: str
    reason: str
    rules: tuple[str, ...] = ()

    def takes(self, finding: Finding) -> bool:
        """Whether a finding is accepted by it."""
        return fnmatchcase(finding.path, self.match) and (
            not self.rules or finding.rule in self.rules
        )


class Wishes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. `projects` are names of projects by the folder of a package."""

    reporters: tuple[str, ...] = ()
    benign: tuple[str, ...] = ()
    projects: dict[str, str] = {}
    paths: tuple[PathWish, ...] = ()
    rule: dict[str, RuleWish] = {}

    def severity(self, finding: Finding) -> Severity:
        """That of a finding, as they want it."""
        wish = self.rule.get(finding.rule)
        return Severity[wish.severity.upper()] if wish and wish.severity else finding.severity


def load(root: str) -> Wishes:
    """The wishes of a checkout; none if it has no such file. Raises `Misasked`."""
    try:
        text = read(root, Source(NAME, NAME, "", 0))
    except FileNotFoundError:
        return Wishes()
    except OSError as error:
        raise Misasked(f"{NAME}: cannot be read: {error.strerror or error}") from error
    if len(text) >= MOST_BYTES:
        raise Misasked(f"{NAME}: has more than {MOST_BYTES:,} bytes")
    try:
        said: dict[str, Any] = tomllib.loads(text.decode())
        wishes = msgspec.convert(said, Wishes)
    except (ValueError, RecursionError) as error:  # TOML, UTF-8 and the types alike
        raise Misasked(f"{NAME}: {shown(str(error))}") from error
    _check(wishes)
    return wishes


def _check(wishes: Wishes) -> None:
    for name, wish in wishes.rule.items():
        if name not in rules():
            raise Misasked(f"{NAME}: {shown(name)} is no rule")
        if wish.severity and wish.severity.upper() not in Severity.__members__:
            raise Misasked(f"{NAME}: {shown(wish.severity)} is no severity")
        if wish.off and not wish.reason.strip():
            raise Misasked(f"{NAME}: why is {name} off? Give a reason")
    for path in wishes.paths:
        if not path.reason.strip():
            raise Misasked(f"{NAME}: why is {shown(path.match)} accepted? Give a reason")
