"""Questions about many groups where memory is short: some groups at a time, the answer as whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.store.engines import END, START, THINGS, open_duck, random_rows
from vedette.store import query as q
from vedette.store import questions
from vedette.store.duck import DuckStore
from vedette.store.errors import BadQuery
from vedette.store.visible import VisibleProjects

EVERYTHING = VisibleProjects.of_system()
P95 = q.call("quantile", q.Field("number"), 0.95)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckStore]:
    held = open_duck(tmp_path_factory.mktemp("slices"), [random_rows(THINGS, 5, 3000)])
    yield held
    held.close()


def ask(store: DuckStore, columns: dict[str, q.Expression], **rest: Any) -> list[list[Any]]:
    settings = {"table": "things", "projects": EVERYTHING, "start": START, "end": END}
    return store.query(q.Select(columns=columns, **(settings | rest))).rows


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statements over all groups meet the memory limit; what was asked."""
    real, asked = questions._fetched, list[str]()

    def fetched(cursor: Any, statement: str, parameters: list[Any]) -> list[list[Any]]:
        asked.append(statement)
        if "hash(" not in statement:
            raise duckdb.OutOfMemoryException("all at once")
        return real(cursor, statement, parameters)

    monkeypatch.setattr(questions, "_fetched", fetched)
    return asked


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("limit", [3, 1000])
@pytest.mark.parametrize("group", ["text", "project_id"])
def test_the_answer_is_that_of_all_groups(
    store: DuckStore, request: pytest.FixtureRequest, descending: bool, limit: int, group: str
) -> None:
    """Order, nulls at its end, limit and conditions on groups as ever."""
    columns = {"g": q.Field(group), "p": P95, "n": q.count()}
    rest: dict[str, Any] = {
        "group_by": ["g"],
        "having": [q.Compare(q.count(), ">", 1)],
        "order_by": [q.Order("p", descending), q.Order("g")],
        "limit": limit,
    }
    wanted = ask(store, columns, **rest)
    asked: list[str] = request.getfixturevalue("short")
    assert ask(store, columns, **rest) == wanted
    assert len(asked) == 9


@pytest.mark.usefixtures("short")
def test_what_cannot_be_taken_apart_is_refused_in_words(store: DuckStore) -> None:
    """No groups, or the largest of them by themselves."""
    with pytest.raises(BadQuery, match="memory"):
        ask(store, {"p": P95})
    with pytest.raises(BadQuery, match="memory"):
        ask(
            store,
            {"g": q.Field("text"), "p": P95},
            group_by=["g"],
            top=q.Top("g", q.count(), 2),
        )


@pytest.mark.usefixtures("short")
def test_what_is_found_among_all_groups_is_not_found_in_slices(store: DuckStore) -> None:
    """So many of each project would be so many of each slice; a tag's key is no column."""
    with pytest.raises(BadQuery, match="memory"):
        ask(
            store,
            {"g": q.Field("text"), "project": q.Field("project_id"), "n": q.count()},
            group_by=["g", "project"],
            limit_by=q.LimitBy(["project"], 1),
        )
    with pytest.raises(BadQuery, match="memory"):
        ask(
            store,
            {"key": q.Field("tag_key"), "n": q.count()},
            group_by=["key"],
            explode_tags=True,
        )
