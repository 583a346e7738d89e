"""Errors that a business expects: a card that is declined, a stock that is empty."""

from __future__ import annotations

from collections.abc import Iterable

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


class _Typed:
    """Errors by their type, and by their text where a line says one."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._by_type: dict[str, list[Globs | None]] = {}
        self._others: list[tuple[Globs, Globs | None]] = []
        for line in lines:
            kind, has_text, words = line.partition(": ")
            texts = Globs([words]) if has_text else None
            if "*" in kind or "\\" in kind:
                self._others.append((Globs([kind]), texts))
            else:
                self._by_type.setdefault(kind.strip().lower(), []).append(texts)

    def fits(self, kind: str, text: str) -> bool:
        """Whether an error is one of them."""
        near = self._by_type.get(kind.lower(), [])
        near = [*near, *(texts for kinds, texts in self._others if kinds.fits(kind))]
        return any(texts is None or texts.fits(text) for texts in near)


def _tagged(text: str) -> tuple[str, Globs]:
    key, _, value = text.removeprefix(_TAG).partition("=")
    return key.strip(), Globs([value])


def _prepare(chosen: Chosen) -> Match:
    lines = [line.strip() for line in chosen["expected_errors"]]
    typed = _Typed(line for line in lines if not line.startswith(_TAG))
    tagged = [_tagged(line) for line in lines if line.startswith(_TAG)]

    def match(view: View) -> bool:
        for kind, text in view.errors:
            if typed.fits(kind, text):
                return True
        for key, globs in tagged:
            value = view.tag(key)
            if value and globs.fits(value):
                return True
        return False

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
