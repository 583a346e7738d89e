"""Sampling on the server: of which traces the spans are kept, and what each then stands for.

A rule is a line: `PERCENT% [transaction:GLOB] [environment:GLOB] [release:GLOB] [is:new]`. The
first that fits says how much is kept; without one everything is. What is asked is the head of
the trace, which every SDK repeats in the trace header of its envelopes (protocol, DSC), and the
rules are those of the head's project. So all services of a trace come to the same answer, and a
trace is whole or absent. Without that header a transaction speaks for itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
import xxhash

from vedette.filters._globs import Globs, check_glob
from vedette.spans.span import mapping, text

SETS_BY = ("transaction", "environment", "release")
MOST_CHARACTERS = 300
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%\Z")
_PART = re.compile(r'([a-z]+):("(?:[^"\\]|\\.)*"|[^"\s]\S*)(?:\s+|\Z)')
_NEW = "new"
_OUT_OF = 1 << 64


class SamplingProblem(ValueError):
    """A line that is no rule; the text says why."""


class Head(msgspec.Struct, frozen=True, gc=False):
    """What a decision is made by: who began the trace, as far as that is known."""

    trace_id: str
    transaction: str = ""
    environment: str = ""
    release: str = ""

    def value(self, name: str) -> str:
        """What it says of one of `SETS_BY`."""
        found: str = getattr(self, name)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line: the share that is kept, from 0 to 1, of what fits."""

    share: float
    globs: Mapping[str, Globs]
    is_new: bool

    def fits(self, head: Head, known: frozenset[str] | None) -> bool:
        """Whether it is about a trace with this head; `known` are names that are not new, None
        where none is known."""
        if self.is_new and (known is None or not head.transaction or head.transaction in known):
            return False
        return all(globs.fits(head.value(name)) for name, globs in self.globs.items())


def read_rule(line: str) -> Rule:
    """The rule of a line. Raises SamplingProblem."""
    written = line.strip()
    if len(written) > MOST_CHARACTERS:
        raise SamplingProblem(f"a rule has {MOST_CHARACTERS} characters at most")
    share, _, rest = written.partition("%")
    found = _PERCENT.match(f"{share}%")
    if found is None or not 0 <= float(found[1]) <= 100:
        raise SamplingProblem("begin with a share from 0 to 100: 10% transaction:/api/*")
    globs: dict[str, Globs] = {}
    is_new, place, rest = False, 0, rest.strip()
    while place < len(rest):
        part = _PART.match(rest, place)
        if part is None:
            raise SamplingProblem(f"“{rest[place:][:40]}” is no condition: write name:value")
        name, value = part[1], _plain(part[2])
        if (name, value) == ("is", _NEW):
            is_new = True
        elif name not in SETS_BY:
            raise SamplingProblem(f"“{name}” is none of {', '.join(SETS_BY)} and is:new")
        elif name in globs:
            raise SamplingProblem(f"“{name}” stands there twice")
        elif wrong := check_glob(value):
            raise SamplingProblem(wrong)
        else:
            globs[name] = Globs([value])
        place = part.end()
    return Rule(share=float(found[1]) / 100, globs=globs, is_new=is_new)


def problem_of(line: str) -> str:
    """What is wrong with a line, in words; "" for a rule."""
    try:
        read_rule(line)
    except SamplingProblem as problem:
        return str(problem)
    return ""


@lru_cache(maxsize=256)
def read_rules(lines: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules of some lines; one that is none any more keeps nothing back."""
    return tuple(read_rule(line) for line in lines if not problem_of(line))


def share_of(rules: Sequence[Rule], head: Head, known: frozenset[str] | None) -> float:
    """How much is kept of what is like this head, from 0 to 1."""
    return next((rule.share for rule in rules if rule.fits(head, known)), 1.0)


def is_kept(trace_id: str, share: float) -> bool:
    """The same for the same trace, whoever asks; of a smaller share nothing but a part."""
    if share >= 1.0:
        return True
    return xxhash.xxh3_64_intdigest(trace_id.encode("utf-8", "replace")) < share * _OUT_OF


def head_of(dsc: Mapping[str, Any]) -> tuple[str, Head] | None:
    """The key and the head that a trace header names; None where it names none."""
    trace_id, key = text(dsc.get("trace_id")), text(dsc.get("public_key"))
    if not trace_id or not key:
        return None
    return key, Head(
        trace_id.replace("-", "").lower(),
        text(dsc.get("transaction")),
        text(dsc.get("environment")) or "production",
        text(dsc.get("release")),
    )


def head_of_row(row: Mapping[str, Any]) -> Head:
    """The head that a span's row is taken for where no header names one."""
    found = mapping(row)
    return Head(
        text(found.get("trace_id")).replace("-", "").lower(),
        text(found.get("transaction")),
        text(found.get("environment")) or "production",
        text(found.get("release")),
    )


def _plain(value: str) -> str:
    if value.startswith('"'):
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return value
