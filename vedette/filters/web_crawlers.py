"""What programs come upon that read the web without a person."""

from __future__ import annotations

from functools import cache, lru_cache

from vedette.filters import Chosen, Filter, Match
from vedette.filters._globs import Phrases, listed
from vedette.filters._samples import error, span, transaction
from vedette.options import Option

_GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@cache
def _phrases() -> Phrases:
    return Phrases(listed("web-crawlers"))


@lru_cache(maxsize=8192)
def is_crawler(agent: str) -> bool:
    """Whether a user agent is that of a program which reads the web."""
    return _phrases().within(agent.lower())


def _prepare(chosen: Chosen) -> Match:
    return lambda view: bool(agent := view.agent) and is_crawler(agent)


FILTER = Filter(
    name="web-crawlers",
    title="Web crawlers",
    help="Search engines, previews of messengers, checks of monitoring services, by their user "
    "agent.",
    order=20,
    kinds=("event", "transaction", "span"),
    options=(Option(name="web_crawlers", label="Web crawlers", form="switch", default=False),),
    prepare=_prepare,
    on={"web_crawlers": True},
    bad=(
        error(agent=_GOOGLE),
        transaction(agent="facebookexternalhit/1.1"),
        span(user_agent__original=_GOOGLE),
    ),
    good=(error(), transaction(), span()),
)
