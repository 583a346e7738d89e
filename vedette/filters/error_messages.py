"""Errors by what they say."""

from __future__ import annotations

from vedette.filters import Chosen, Filter, Saying
from vedette.filters._globs import Globs, check_glob
from vedette.filters._samples import error
from vedette.filters._views import View
from vedette.options import Option


def _prepare(chosen: Chosen) -> Saying:
    globs = Globs(chosen["error_messages"])

    def match(view: View) -> bool:
        texts = [*view.words, *(text for _, text in view.errors)]
        return any(globs.fits(text) for text in texts)

    return Saying(globs.needed, confirm=match)


FILTER = Filter(
    name="error-message",
    title="Error messages",
    help="By what an error says, with its type before it or without, or by the message.",
    order=110,
    kinds=("event",),
    options=(
        Option(
            name="error_messages",
            label="Error messages",
            help="One a line; * stands for anything: TypeError: *of undefined*",
            form="lines",
            default=[],
            is_added=True,
            check=check_glob,
        ),
    ),
    prepare=_prepare,
    on={"error_messages": ["TypeError: *of null", "ResizeObserver loop*", "lamp*"]},
    bad=(
        error("TypeError", "cannot read a of null"),
        error("Error", "resizeobserver loop limit exceeded"),
        error(exception=None, message="lamp fell"),
    ),
    good=(error(), error("Error", "cannot read a of null"), error(exception=None, message="a")),
)
