"""Browsers too old to mend anything for."""

from __future__ import annotations

from functools import lru_cache

from vedette.filters import Chosen, Filter, Match
from vedette.filters._globs import listed
from vedette.filters._samples import error, transaction
from vedette.options import Option

_OLD = "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko"
_SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/12.1 Safari/605.1.15"
)


def _number(version: str) -> int:
    digits = version.partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else -1


def _check(line: str) -> str:
    name, _, version = line.strip().rpartition(" ")
    if name and _number(version) >= 0:
        return ""
    return "is a browser and the first version that is not too old, such as “Safari 14”"


def _prepare(chosen: Chosen) -> Match:
    oldest: dict[str, int] = {}
    for line in (*listed("legacy-browsers"), *chosen["legacy_versions"]):
        name, _, version = line.strip().rpartition(" ")
        oldest[name.lower()] = _number(version)

    @lru_cache(maxsize=1024)
    def is_old(browser: tuple[str, str]) -> bool:
        name, version = browser
        return 0 <= _number(version) < oldest.get(name.lower(), 0)

    return lambda view: is_old(view.browser)


FILTER = Filter(
    name="legacy-browsers",
    title="Legacy browsers",
    help="Internet Explorer and versions that their makers no longer mend. One whose version is "
    "not known is not dropped.",
    order=30,
    kinds=("event", "transaction", "span"),
    options=(
        Option(name="legacy_browsers", label="Legacy browsers", form="switch", default=False),
        Option(
            name="legacy_versions",
            label="Legacy browsers: other bounds",
            help="A browser and the first version that is not too old, one a line: Safari 15.",
            form="lines",
            default=[],
            check=_check,
        ),
    ),
    prepare=_prepare,
    on={"legacy_browsers": True, "legacy_versions": ["Safari 13"]},
    bad=(error(agent=_OLD), error(agent=_SAFARI), transaction(agent=_OLD)),
    good=(error(), transaction(), error(agent="")),
)
