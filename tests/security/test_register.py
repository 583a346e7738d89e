"""Every known attack has a test that names it, or a reason why there is nothing to attack yet."""

from __future__ import annotations

import json
import re
from pathlib import Path

TESTS = Path(__file__).parent.parent
_NAMED = re.compile(r"SEC-\d\d(?:, \d\d)*")

# What the case attacks does not exist yet; whoever builds it tests the case.
LATER = {
    "SEC-22": "no uploads in chunks, so no checksum is taken from a client",
    "SEC-26": "no source maps are read",
    "SEC-27": "no debug files, so no event can name one of another organisation",
    "SEC-36": "no integration with an address of its own; single sign-on uses the one guard",
    "SEC-37": "no notification or webhook has a template of a user's",
    "SEC-87": "no public status page",
}


def named_cases() -> dict[str, set[str]]:
    """The files whose tests name a case, by its id."""
    found: dict[str, set[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        if path == Path(__file__):
            continue
        for words in _NAMED.findall(path.read_text()):
            for number in re.findall(r"\d\d", words):
                found.setdefault(f"SEC-{number}", set()).add(str(path.relative_to(TESTS)))
    return found


def test_every_known_attack_is_tried_or_has_a_reason(fixtures: Path) -> None:
    """None is forgotten, and none is both."""
    cases = {case["id"] for case in json.loads((fixtures / "security/cases.json").read_text())}
    tried = set(named_cases()) & cases
    assert len(cases) > 30
    assert cases - tried - set(LATER) == set()
    assert tried & set(LATER) == set()
    assert set(LATER) <= cases
