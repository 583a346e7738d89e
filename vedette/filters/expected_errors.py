"""Errors that a business expects: a card that is declined, a stock that is empty."""

from __future__ import annotations

from collections.abc import Callable

from vedette.filters import Chosen, Filter, Match
from vedette.filters._globs import Globs, check_glob
from vedette.filters._samples import error
from vedette.filters._views import View
from vedette.options import Option

_TAG = "tag "


def _check(line: str) -> str:
    text = line.strip()
    if text.startswith(_TAG):
        key, _, value = text.removeprefix(_TAG).partition("=")
        if not key.strip() or not value.strip():
            return "a tag is written as tag KEY=VALUE"
        return check_glob(value) if value.strip() != "*" else ""
    kind, has_text, words = text.partition(": ")
    if not kind.strip(" *") and not words.strip(" *"):
        return "a pattern of wildcards alone would drop everything"
    return (check_glob(kind) if kind.strip(" *") else "") or (
        check_glob(words) if has_text and words.strip(" *") else ""
    )


def _tagged(text: str) -> Match:
    key, _, value = text.removeprefix(_TAG).partition("=")
    key, globs = key.strip(), Globs([value])
    return lambda view: bool(found := view.tag(key)) and globs.fits(found)


def _typed(text: str) -> Callable[[str, str], bool]:
    kind, has_text, words = text.partition(": ")
    kinds, texts = Globs([kind]), Globs([words])
    return lambda type, value: kinds.fits(type) and (not has_text or texts.fits(value))  # noqa: A006


def _prepare(chosen: Chosen) -> Match:
    lines = [line.strip() for line in chosen["expected_errors"]]
    tagged = [_tagged(line) for line in lines if line.startswith(_TAG)]
    typed = [_typed(line) for line in lines if not line.startswith(_TAG)]

    def match(view: View) -> bool:
        if any(fits(*one) for one in view.errors for fits in typed):
            return True
        return any(fits(view) for fits in tagged)

    return match


FILTER = Filter(
    name="expected-error",
    title="Expected errors",
    help="Errors that are no faults, by the type of any exception of the chain, by its text or by "
    "a tag.",
    order=120,
    kinds=("event",),
    options=(
        Option(
            name="expected_errors",
            label="Expected errors",
            help="One a line: PaymentDeclined, ValueError: *out of stock*, tag "
            "payment.status=declined.",
            form="lines",
            default=[],
            is_added=True,
            check=_check,
        ),
    ),
    prepare=_prepare,
    on={
        "expected_errors": ["PaymentDeclined", "ValueError: *out of stock", "tag pay=declin*"],
    },
    bad=(
        error("PaymentDeclined", "card 4 was declined"),
        error("ValueError", "the lamp is out of stock"),
        error(tags={"pay": "declined"}),
    ),
    good=(
        error(),
        error("ValueError", "the lamp is broken"),
        error("PaymentDeclinedTwice", "card 4 was declined"),
        error(tags={"pay": "accepted"}),
    ),
)
