"""Fingerprints that an SDK or a person set."""

from __future__ import annotations

import pytest

from tests.pipeline.grouping.builder import apart, crash, event, exception, frame, key, same
from vedette.pipeline.grouping import Variant, explain

A, B = frame("a", "m", package="shop"), frame("b", "m")


def test_a_fingerprint_overrides_everything() -> None:
    """Different crashes with one fingerprint are one issue, and the reverse."""
    assert same(crash("python", A, fingerprint=["pay"]), crash("go", B, fingerprint=["pay"]))
    assert apart(crash("python", A, fingerprint=["pay"]), crash("python", A, fingerprint=["send"]))


@pytest.mark.parametrize("written", ["{{ default }}", "{{default}}", " {{  default }} "])
def test_the_default_alone_changes_nothing(written: str) -> None:
    """A fingerprint that only says `default` is no fingerprint."""
    assert same(crash("python", A), crash("python", A, fingerprint=[written]))


@pytest.mark.parametrize("nothing", [[], [""], ["  "], None])
def test_an_empty_fingerprint_is_none(nothing: list[str] | None) -> None:
    """Blank parts do not throw all events into one issue."""
    assert same(crash("python", A), crash("python", A, fingerprint=nothing))
    assert apart(crash("python", A), crash("python", B, fingerprint=nothing))


def test_the_default_can_be_refined() -> None:
    """`{{ default }}` with one more part splits issues, and never joins them."""
    split = ["{{ default }}", "{{ tags.tenant }}"]
    assert apart(
        crash("python", A, fingerprint=split, tags={"tenant": "alice"}),
        crash("python", A, fingerprint=split, tags=[["tenant", "bob"]]),
        crash("python", B, fingerprint=split, tags={"tenant": "alice"}),
        crash("python", A),
    )


VARIABLES = [
    ("{{ transaction }}", "/pay"),
    ("{{ function }}", "a"),
    ("{{ stack.function }}", "a"),
    ("{{ module }}", "m"),
    ("{{ package }}", "shop"),
    ("{{ type }}", "KeyError"),
    ("{{ error.type }}", "KeyError"),
    ("{{ error.value }}", "no such cart"),
    ("{{ level }}", "fatal"),
    ("{{ logger }}", "shop.log"),
    ("{{ message }}", "hello Bob"),
    ("{{ tags.plan }}", "pro"),
    ("{{ tags.none }}", "<no tags.none>"),
    ("{{ release }}", "<no release>"),
    ("{{ unheard.of }}", "{{ unheard.of }}"),
    ("pay-{{ level }}-{{type}}", "pay-fatal-KeyError"),
]


@pytest.mark.parametrize(("written", "filled"), VARIABLES)
def test_variables_are_filled_in(written: str, filled: str) -> None:
    """Each variable stands for its value, and the explanation shows both."""
    sent = event(
        "python",
        exception("KeyError", A, value="no such cart"),
        fingerprint=["x", written],
        transaction="/pay",
        level="fatal",
        logger="shop.log",
        logentry={"message": "hello %s", "formatted": "hello Bob"},
        tags={"plan": "pro"},
    )
    explained = explain(sent)
    assert explained.variant is Variant.FINGERPRINT
    assert [(part.before, part.after) for part in explained.fingerprint][1] == (written, filled)
    assert key(sent) == explained.key


def test_huge_fingerprints_are_cut() -> None:
    """At most 32 parts of 1,024 characters are read."""
    assert same(
        event("python", fingerprint=["x" * 1_024] * 32),
        event("python", fingerprint=["x" * 90_000] * 900),
    )
