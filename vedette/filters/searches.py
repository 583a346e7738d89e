"""Rules that people write as searches: what is found by one is turned away."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import msgspec

from vedette.filters import Chosen, Filter, Written
from vedette.filters._samples import error, transaction
from vedette.options import Option
from vedette.rules import searches
from vedette.search.errors import SearchError
from vedette.store.errors import BadQuery
from vedette.store.query import All, Compare, Condition, Field
from vedette.store.rowwise import predicate

_OFF = "#"
_TRANSACTIONS = "@transactions"
_NAME_CHARACTERS = 60
_TIME = b'"name":"timestamp"'


@dataclass(frozen=True, slots=True)
class _Line:
    """A rule as written: a number sign before it switches it off."""

    name: str
    table: str
    search: str
    is_on: bool


def _read(line: str) -> _Line:
    text = line.strip()
    name, _, search = text.lstrip(_OFF).partition(":")
    is_of_spans = name.rstrip().endswith(_TRANSACTIONS)
    name = name.rstrip().removesuffix(_TRANSACTIONS).strip()
    table = "spans" if is_of_spans else "errors"
    return _Line(name, table, search.strip(), not text.startswith(_OFF))


def _condition(line: _Line) -> Condition:
    """Raises SearchError and BadQuery."""
    found = searches.condition(line.search, line.table)
    return All([Compare(Field("is_segment"), "=", True), found]) if line.table == "spans" else found


@lru_cache(maxsize=4096)
def _check(text: str) -> str:
    line = _read(text)
    if not line.name or not line.search:
        return "is written as NAME: SEARCH, such as “bots: user.id:bot-*”"
    if len(line.name) > _NAME_CHARACTERS or not line.name.isprintable():
        return f"a name has at most {_NAME_CHARACTERS} characters"
    if line.search.strip("* ") == "":
        return "a search for everything would drop everything"
    try:
        condition = _condition(line)
        predicate(condition)
    except (SearchError, BadQuery) as error:
        return str(error)
    if _TIME in msgspec.json.encode(condition):
        return "a rule holds at any time: leave the time out"
    return ""


def _prepare(chosen: Chosen) -> list[Written]:
    lines = [line for text in chosen["searches"] if (line := _read(text)).is_on]
    return [
        Written(f"search:{line.name}", line.table, predicate(_condition(line))) for line in lines
    ]


FILTER = Filter(
    name="search",
    title="Own rules",
    help="What a search finds among errors, or among transactions, is turned away instead.",
    order=300,
    kinds=("event", "transaction", "span"),
    options=(
        Option(
            name="searches",
            label="Own rules",
            help="NAME: SEARCH, one a line, in the words of the search box; NAME @transactions: "
            "SEARCH for transactions. A # before a rule switches it off.",
            form="lines",
            default=[],
            is_added=True,
            most_entries=50,
            most_characters=500,
            check=_check,
        ),
    ),
    prepare=_prepare,
    on={
        "searches": [
            "old tills: error.type:TillError shop:berlin",
            "# off: error.type:TypeError",
            "quick ones @transactions: transaction:*/quick",
        ]
    },
    bad=(
        error("TillError", "no paper", tags={"shop": "berlin"}),
        transaction("GET /quick"),
    ),
    good=(error("TillError", "no paper", tags={"shop": "bern"}), error(), transaction()),
)
