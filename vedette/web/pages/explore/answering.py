"""The answer to what the address asks: table, chart, and how exact it is."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.explore.asking import MOST_ROWS, Table
from vedette.issues.shapes import Scope
from vedette.search import SearchError
from vedette.store.errors import BadQuery
from vedette.telemetry import exploring
from vedette.web.access import Viewer
from vedette.web.form_fields import sentence
from vedette.web.pages.explore.asked import Asked, Links
from vedette.web.pages.explore.charting import ChartView, chart_view
from vedette.web.pages.explore.sampling import Sampled, sampled_view
from vedette.web.pages.explore.table import TableView, table_view
from vedette.web.pages.explore.words import names_of

ROWS = 50
_SAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a question has no answer; of a search what stands before, at and after the place."""

    words: str
    before: str = ""
    place: str = ""
    after: str = ""
    is_search: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found. `is_cut` says that there are more rows than can be paged through."""

    table: TableView
    chart: ChartView
    sampled: Sampled | None
    next_page: str
    previous_page: str
    first: int
    last: int
    is_cut: bool


def find_answer(asked: Asked, scope: Scope, viewer: Viewer, links: Links) -> Answer | Problem:
    """The answer, or what is wrong with the question. Raises StoreError."""
    try:
        return _answer(asked, scope, viewer, links)
    except SearchError as error:
        return problem_of(error, asked.query)
    except BadQuery as error:
        return Problem(words=sentence(str(error)))


def ask_rows(asked: Asked, scope: Scope, *, limit: int = ROWS, is_of_rows: bool = False) -> Table:
    """The rows; after the columns that are shown those that say where a single row leads."""
    identity = () if asked.is_grouped else asked.dataset.identity
    beside = [name for name in identity if name not in asked.shown]
    question = exploring.exploration(
        scope,
        asked.dataset,
        [*asked.shown, *beside],
        asked.query,
        sort=[asked.order],
        limit=limit,
        offset=asked.offset,
        is_of_rows=is_of_rows,
    )
    return exploring.ask_table(question)


def samples_of(asked: Asked, scope: Scope, viewer: Viewer, links: Links) -> TableView | Problem:
    """The newest single rows of a question, whatever its groups come to."""
    single = Asked(dataset=asked.dataset, query=asked.query)
    try:
        found = ask_rows(single, scope, limit=_SAMPLES, is_of_rows=True)
    except SearchError as error:
        return problem_of(error, asked.query)
    except BadQuery as error:
        return Problem(words=sentence(str(error)))
    return table_view(found, single, names_of(viewer, found.columns, found.rows), links)


def problem_of(error: SearchError, query: str) -> Problem:
    """The words, and the place in the search."""
    end = max(error.end, error.start + 1)
    return Problem(
        words=str(error),
        before=query[: error.start],
        place=query[error.start : end],
        after=query[end:],
        is_search=True,
    )


def _answer(asked: Asked, scope: Scope, viewer: Viewer, links: Links) -> Answer:
    limit = min(ROWS, MOST_ROWS - asked.offset)
    if limit <= 0:
        raise BadQuery(f"only the first {MOST_ROWS:,} rows can be looked through")
    found = ask_rows(asked, scope, limit=limit)
    following = asked.offset + limit
    is_last = following >= MOST_ROWS
    return Answer(
        table=table_view(found, asked, names_of(viewer, found.columns, found.rows), links),
        chart=chart_view(asked, scope, viewer, links),
        sampled=sampled_view(asked, scope),
        next_page=links.page(following) if found.has_more and not is_last else "",
        previous_page=links.page(max(0, asked.offset - ROWS)) if asked.offset else "",
        first=asked.offset + 1,
        last=asked.offset + len(found.rows),
        is_cut=found.has_more and is_last,
    )
