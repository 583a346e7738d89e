"""Sentry's named rules that a project may choose, beyond what is always removed."""

from __future__ import annotations

import pytest

from vedette.pipeline.scrub import apply_text_rule


@pytest.mark.parametrize(
    ("rule", "text", "kept"),
    [
        ("@iban", "to GB24NWBK56308374074647.", "to [iban]."),
        ("@iban", "to GB29 NWBK 6016 1331 9268 19.", "to [iban]."),
        ("@iban:mask", "RU0204452560040702810412345678901", "*" * 33),
        ("@iban", "xGB24NWBK56308374074647y", "xGB24NWBK56308374074647y"),
        ("@iban", "no IBAN: G124NWBK56308374074647", "no IBAN: G124NWBK56308374074647"),
        ("@uuid", "7c1811ede98f4c9ca9f958c757ff494f", "*" * 32),
        ("@uuid:remove", "a 7c1811ed-e98f-4c9c-a9f9-58c757ff494f b", "a  b"),
        ("@urlauth:legacy", "amqp://ann:x1@mq/", "amqp://ann:[Filtered]@mq/"),
        ("@password", "the secret of ann", ""),
        ("@password:filter", "my_token: x", "[Filtered]"),
        ("@password:replace", "Authentication", "[password]"),
        ("@password:mask", "a secret", "********"),
        ("@password:filter", "tokens are counted", "tokens are counted"),
        ("@anything", "what ever", "[Filtered]"),
        ("@anything:remove", "what ever", ""),
        ("@common", "ann@a.example from 10.0.0.7", "[email] from [ip]"),
        ("@common:filter", "card 4111111111111111, 10.0.0.7", "card [Filtered], 10.0.0.7"),
        ("@common:filter", "pg://ann:x1@db/", "pg://ann:[Filtered]@db/"),
        (
            "@userpath",
            "D:\\Documents and Settings\\Ann B\\x",
            "D:\\Documents and Settings\\[user]\\x",
        ),
        ("@mac:replace", "00-1B-44-11-3A-B7 up", "[mac] up"),
        ("@bearer", "x Bearer abc.def y", "x Bearer [token] y"),
    ],
)
def test_a_named_rule_does_what_sentrys_does(rule: str, text: str, kept: str) -> None:
    """By its look alone, without the check digits of the rules that are always applied."""
    assert apply_text_rule(rule, text) == kept


@pytest.mark.parametrize("rule", ["@nothing", "@ip:shuffle", "@common:mask"])
def test_a_rule_that_does_not_exist_is_refused(rule: str) -> None:
    """A misspelt rule must not pass for one that found nothing."""
    with pytest.raises(KeyError):
        apply_text_rule(rule, "x")
