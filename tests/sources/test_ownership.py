"""Rules that say who owns what."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.sources.ownership import InvalidRules, from_codeowners, parse_rules, rules_for

EVENT: dict[str, Any] = {
    "request": {"url": "https://shop.example/checkout/pay?x=1"},
    "tags": {"region": "eu-west"},
    "exception": {
        "values": [{"stacktrace": {"frames": [{"module": "shop.pay.cards", "in_app": True}]}}]
    },
}
PATHS = ["backend/shop/pay/cards.py", "shop/pay/cards.py", "/srv/app/shop/pay/cards.py"]


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ("path:shop/pay/*", True),
        ("path:shop/*", False),
        ("path:shop/**", True),
        ("path:*.py", True),
        ("path:pay/card?.py", True),
        ("path:shop/pay", False),
        ("module:shop.pay.*", True),
        ("url:https://shop.example/checkout/*", True),
        ("url:*/cart/*", False),
        ("tags.region:eu-*", True),
        ("tags.region:us-*", False),
        ("tags.other:eu-*", False),
        ("codeowners:/backend/", True),
        ("codeowners:/pay/", False),
        ("codeowners:pay/", True),
        ("codeowners:*.py", True),
        ('path:"shop/pay/cards.py"', True),
    ],
)
def test_a_rule_fits_an_event(rule: str, fits: bool) -> None:
    """A star ends at a folder in paths, and at nothing elsewhere."""
    assert bool(rules_for(f"{rule} ann@example.com", EVENT, PATHS)) is fits


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ("codeowners:shop/pay/", False),
        ("codeowners:backend/shop", True),
        ("codeowners:backend/shop/*", False),
        ("codeowners:backend/*/pay/*", True),
        ("codeowners:**/pay", True),
        ("codeowners:**/ay", False),
        ("codeowners:backend/**/cards.py", True),
        ("codeowners:backend/**/rds.py", False),
        ("path:backend/**/rds.py", False),
        ("path:backend/**/shop/pay/*", True),
    ],
)
def test_a_rule_fits_as_its_host_reads_it(rule: str, fits: bool) -> None:
    """A slash within roots a rule of CODEOWNERS, `folder/*` ends there, `**/` is whole folders."""
    assert bool(rules_for(f"{rule} ann@example.com", EVENT, PATHS[:1])) is fits


def test_the_last_rule_decides() -> None:
    """It stands first among those that fit."""
    text = "path:** ann@example.com\n\n# a comment\npath:shop/** Bob@Example.com #pay"
    found = rules_for(text, EVENT, PATHS)
    assert [rule.owners for rule in found] == [("bob@example.com", "#pay"), ("ann@example.com",)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("path:a ann@example.com\nsize:3 x@y.z", "Line 2: begin with path:"),
        ("path:a ann", "Line 1: 'ann' is no owner"),
        ("path:a", "Line 1: it names no owner"),
        ("path:a x@y.z\n" * 501, "At most 500 rules"),
    ],
)
def test_what_is_no_rule_is_said_with_its_line(text: str, words: str) -> None:
    """So that it can be mended."""
    with pytest.raises(InvalidRules, match=words):
        parse_rules(text)


def test_a_hostile_pattern_takes_no_time() -> None:
    """However many stars it has."""
    rule = "path:" + "**a" * 150 + " ann@example.com"
    assert rules_for(rule, EVENT, ["a" * 1000 + "/b.py"]) == []


def test_a_codeowners_file_becomes_rules() -> None:
    """Addresses and teams are owners; names that only the host knows are left as comments."""
    text = "# all\n* ann@example.com @acme/shop\n/docs/ @ann  # later\n\napi/*.py bob@example.com"
    assert from_codeowners(text).splitlines() == [
        "codeowners:* ann@example.com #shop",
        "# /docs/ @ann  # later  (no address: not imported)",
        "codeowners:api/*.py bob@example.com",
    ]
    assert len(parse_rules(from_codeowners(text))) == 2
