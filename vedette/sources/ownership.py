"""Rules that say who owns what, in Sentry's notation: `path:src/pay/** ann@example.com #team`.

One rule a line: what it looks at (`path`, `module`, `url`, `tags.NAME` or `codeowners`), a
pattern with `*`, `**` and `?`, and owners: addresses of members, or teams with `#`, which are
named only. `#` at the beginning of a line makes it a comment. The last rule that fits decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

MOST_RULES = 500
MOST_CHARACTERS = 100_000
_KINDS = ("path", "module", "url", "codeowners")
_RULE = re.compile(r"(?P<kind>[a-z]+|tags\.[^\s:\"]+):(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>\S+))")
_ADDRESS = re2.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+\z")
_WILDCARD = re.compile(r"\*\*/?|\*|\?")
_TEAM = re.compile(r"#[\w.-]+\Z")


class InvalidRules(ValueError):
    """A line that is no rule; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What of an event it looks at, the pattern, and whose it is."""

    kind: str
    pattern: str
    owners: tuple[str, ...]

    @property
    def words(self) -> str:
        """The rule without its owners."""
        return f"{self.kind}:{self.pattern}"

    def matches(self, payload: Mapping[str, Any], paths: Sequence[str]) -> bool:
        """Whether something of the event fits, whose frames are in files with these paths."""
        fits = _pattern(self.pattern, self.kind)
        is_path = self.kind in ("path", "codeowners")
        return any(
            fits.fullmatch(text) for text in (paths if is_path else _texts(self.kind, payload))
        )


def parse_rules(text: str) -> list[Rule]:
    """The rules in their order. Raises InvalidRules."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidRules(f"At most {MOST_CHARACTERS:,} characters.")
    rules = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.strip().startswith("#"):
            rules.append(_parse(line.strip(), number))
    if len(rules) > MOST_RULES:
        raise InvalidRules(f"At most {MOST_RULES} rules.")
    return rules


def rules_for(text: str, payload: Mapping[str, Any], paths: Sequence[str]) -> list[Rule]:
    """The rules that fit an event, the deciding one first. Text that is no rule owns nothing."""
    try:
        rules = parse_rules(text)
    except InvalidRules:
        return []
    return [rule for rule in reversed(rules) if rule.matches(payload, paths)]


def from_codeowners(text: str) -> str:
    """Rules from a file CODEOWNERS; names that are no addresses become teams or a comment."""
    lines = []
    for line in text.splitlines():
        pattern, *owners = line.split("#", 1)[0].split()[:50] or [""]
        kept = [_owner(owner) for owner in owners]
        if pattern and any(kept):
            rule = f'"{pattern}"' if " " in pattern else pattern
            lines.append(f"codeowners:{rule} {' '.join(one for one in kept if one)}")
        elif pattern:
            lines.append(f"# {line.strip()}  (no address: not imported)")
    return "\n".join(lines)


def _owner(name: str) -> str:
    """`@company/payments` is a team, `@ann` is known to the host alone."""
    if _ADDRESS.match(name):
        return name.lower()
    team = name.rpartition("/")[2]
    return f"#{team}" if name.startswith("@") and "/" in name and _TEAM.match(f"#{team}") else ""


def _parse(line: str, number: int) -> Rule:
    found = _RULE.match(line)
    kind = found["kind"] if found else ""
    if found is None or not (kind in _KINDS or kind.startswith("tags.")):
        raise InvalidRules(
            f"Line {number}: begin with path:, module:, url:, tags.NAME: or codeowners: "
            "and a pattern."
        )
    owners = line[found.end() :].split()
    wrong = [one for one in owners if not (_ADDRESS.match(one) or _TEAM.match(one))]
    if wrong or not owners:
        words = f"{wrong[0][:50]!r} is no owner" if wrong else "it names no owner"
        raise InvalidRules(f"Line {number}: {words}; write ann@example.com or #team.")
    pattern = found["plain"] if found["plain"] is not None else found["quoted"]
    kept = tuple(one.lower() if "@" in one else one for one in owners)
    return Rule(kind=kind, pattern=pattern[:500], owners=kept)


def _texts(kind: str, payload: Mapping[str, Any]) -> Iterator[str]:
    if kind == "module":
        yield from _modules(payload)
    elif kind == "url":
        request = payload.get("request")
        yield str(request.get("url") or "") if isinstance(request, dict) else ""
    else:
        yield from _tag_values(payload.get("tags"), kind.removeprefix("tags."))


def _modules(payload: Mapping[str, Any]) -> Iterator[str]:
    held = payload.get("exception")
    rows = held.get("values") if isinstance(held, dict) else held
    for one in rows if isinstance(rows, list) else ():
        stack = one.get("stacktrace") if isinstance(one, dict) else None
        frames = stack.get("frames") if isinstance(stack, dict) else None
        for frame in frames if isinstance(frames, list) else ():
            if isinstance(frame, dict) and frame.get("in_app") is True and frame.get("module"):
                yield str(frame["module"])


def _tag_values(held: object, name: str) -> Iterator[str]:
    pairs = held.items() if isinstance(held, dict) else held if isinstance(held, list) else ()
    for pair in pairs:
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and str(pair[0]) == name:
            yield str(pair[1])


@lru_cache(maxsize=2000)
def _pattern(pattern: str, kind: str) -> re2._Regexp[str]:
    """The pattern for a whole text. A path's may begin at any folder; in CODEOWNERS a slash that
    is not the last character roots it, and it holds what lies in a folder, but for `folder/*`."""
    is_path, is_codeowners = kind in ("path", "codeowners"), kind == "codeowners"
    body = pattern.lstrip("/") if is_path else pattern
    if is_codeowners and body.endswith("/"):
        body += "**"
    part = "[^/]" if is_path else "."
    words = {"*": f"{part}*", "?": part, "**/": "(?:.*/)?", "**": ".*"}
    made, at = "", 0
    for found in _WILDCARD.finditer(body):
        made += re2.escape(body[at : found.start()]) + words[found[0]]
        at = found.end()
    made += re2.escape(body[at:])
    if is_path:
        is_rooted = is_codeowners and "/" in pattern.rstrip("/")
        made = ("/?" if is_rooted else "(?:.*/)?") + made
    holds = is_codeowners and not body.endswith("/*")
    return re2.compile(made + ("(?:/.*)?" if holds else ""))
