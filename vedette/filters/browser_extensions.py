"""Errors of what people have installed in their browsers."""

from __future__ import annotations

from vedette.filters import Chosen, Filter, Saying
from vedette.filters._globs import listed
from vedette.filters._samples import error
from vedette.options import Option

_SCHEMES = (
    *("chrome-extension:", "moz-extension:", "safari-extension:", "safari-web-extension:"),
    *("ms-browser-extension:", "webkit-masked-url:", "chrome://", "resource://gre/"),
)


def _prepare(chosen: Chosen) -> Saying:
    # an error that began elsewhere is the page's own, whoever called it
    return Saying(listed("browser-extensions"), lambda view: view.file.startswith(_SCHEMES))


FILTER = Filter(
    name="browser-extensions",
    title="Browser extensions",
    help="Errors of extensions and of what programs put into pages, by the file they began in and "
    "by what they say.",
    order=10,
    kinds=("event",),
    options=(Option(name="browser_extensions", label="Browser extensions", form="switch",
                    default=False),),
    prepare=_prepare,
    on={"browser_extensions": True},
    bad=(
        error(file="chrome-extension://abcdefgh/content.js"),
        error(file="safari-web-extension://0-1-2/page.js"),
        error("Error", "Extension context invalidated."),
    ),
    good=(error(), error("Error", "the extension of the lease was refused")),
)  # fmt: skip
