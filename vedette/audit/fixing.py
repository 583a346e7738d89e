"""`vedette audit fix`: what to write instead as a diff; the safe part is written on demand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from difflib import unified_diff
from itertools import groupby

from vedette.audit.finding import Change
from vedette.audit.opening import bytes_of, replace_text
from vedette.audit.report import Entry
from vedette.audit.walk import MOST_BYTES, shown

# What must stay above an import: comments, directives, docstrings, imports of the future.
_LEAD = re.compile(r"""#|//|<\?php|["']use [\w ]+["'];?$|from __future__ |package \w""")
_LONG = {'"""': '"""', "'''": "'''", "/*": "*/"}


def diff(root: str, entries: Iterable[Entry]) -> list[str]:
    """The lines of one unified diff over all these findings' changes; nothing is written."""
    lines: list[str] = []
    for path, changes in _by_file(entries):
        old = _text(root, path)
        new, _ = changed(old, changes)
        lines += (
            shown(one.rstrip("\n").expandtabs(4))
            for one in unified_diff(
                old.splitlines(), new.splitlines(), f"a/{path}", f"b/{path}", lineterm=""
            )
        )
    return lines


def fix(root: str, entries: Iterable[Entry]) -> dict[str, int]:
    """Write the safe changes of these findings; how many of each file. Raises OSError."""
    done: dict[str, int] = {}
    for path, changes in _by_file(entries):
        safe = [one for one in changes if one.is_safe]
        if safe:
            text, count = changed(_text(root, path), safe)
            replace_text(os.path.join(root, path), text)
            done[path] = count
    return done


def changed(text: str, changes: Sequence[Change]) -> tuple[str, int]:
    """The text with these changes, and how many there are: of those that overlap only the last."""
    lines = text.split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    free, taken = len(lines) + 1, []
    for one in sorted(changes, key=lambda one: (-one.last, -one.first)):
        if one.first >= 1 and one.last < free:
            lines[one.first - 1 : one.last] = [line + end for line in one.text.split("\n")]
            free = one.first
            taken.append(one)
    above = dict.fromkeys(line + end for one in reversed(taken) for line in one.above.splitlines())
    place = _top(lines)
    lines[place:place] = [line for line in above if line not in lines]
    return "\n".join(lines), len(taken)


def _top(lines: Sequence[str]) -> int:
    """Where the first import of a file may stand."""
    place, ends = 0, ""  # `ends` is what ends the comment that is open
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        opened = next((one for one in _LONG if bare.startswith(one)), "")
        if ends:
            ends = "" if ends in bare else ends
        elif opened:
            ends = "" if _LONG[opened] in bare[len(opened) :] else _LONG[opened]
        elif bare and not _LEAD.match(bare):
            break
        place = number if bare and not ends else place
    return place


def _by_file(entries: Iterable[Entry]) -> list[tuple[str, list[Change]]]:
    wanted = sorted(
        (one for one in entries if one.state == "open" and one.change),
        key=lambda one: one.finding.path,
    )
    return [
        (path, [one.change for one in some if one.change])
        for path, some in groupby(wanted, key=lambda one: one.finding.path)
    ]


def _text(root: str, path: str) -> str:
    return bytes_of(root, path, MOST_BYTES + 1).decode("utf-8", "surrogateescape")
