"""Every function of the drawer, on both engines, against its brute force."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store import brute
from tests.store.engines import END, START, THINGS, Engine, as_dicts, open_duck, random_rows
from vedette.kinds import discover
from vedette.store import expressions
from vedette.store import query as q
from vedette.store.errors import BadQuery
from vedette.store.expressions import Function, functions
from vedette.store.query import Select
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects

EVERYTHING = VisibleProjects.of_system()
SECONDS = (END - START) / q.MICROSECONDS
NAMES = sorted(functions())


def ask(engine: Engine, columns: dict[str, q.Expression], **rest: Any) -> list[list[Any]]:
    """The answer of a question about the things."""
    settings: dict[str, Any] = {
        "table": "things",
        "projects": EVERYTHING,
        "start": START,
        "end": END,
    }
    return engine.query(Select(columns=columns, **(settings | rest))).rows


def test_each_file_is_named_after_its_function() -> None:
    """So a function is found where it is looked for."""
    found = discover("vedette.store.expressions")
    assert [module.__name__.rpartition(".")[2] for module in found] == NAMES
    assert all(module.FUNCTION.example.name == module.FUNCTION.name for module in found)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_agrees_with_its_brute_force(engine: Engine, things: Rows, name: str) -> None:
    """Over all rows, by project, and over none for aggregates; row by row for the others."""
    function, rows = functions()[name], as_dicts(things)
    if not function.is_aggregate:
        columns: dict[str, q.Expression] = {"p": q.Field("position"), "x": function.example}
        found = ask(engine, columns, order_by=[q.Order("p")])
        wanted = [brute.value(function.example, row) for row in rows]
        assert len(found) == len(wanted)
        for row, one in zip(found, wanted, strict=True):
            assert is_near(row[1], one, function), (row, one)
        return
    (whole,) = ask(engine, {"x": function.example})
    assert is_near(whole[0], brute.figure(function.example, rows, SECONDS), function)
    columns = {"p": q.Field("project_id"), "x": function.example}
    for project, found_one in ask(engine, columns, group_by=["p"]):
        mine = [row for row in rows if row["project_id"] == project]
        assert is_near(found_one, brute.figure(function.example, mine, SECONDS), function)
    none = q.Compare(q.Field("whole"), "=", 99)
    (empty,) = ask(engine, {"x": function.example}, where=[none])
    assert is_near(empty[0], brute.figure(function.example, [], SECONDS), function)


def is_near(found: Any, wanted: Any, function: Function) -> bool:
    """Whether two values are the same, up to rounding and the declared tolerance."""
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return bool(found == pytest.approx(wanted, rel=max(function.tolerance, 1e-9), abs=1e-9))
    return bool(found == wanted)


@pytest.fixture
def added(tmp_path: Path) -> Iterator[None]:
    """One file more in the drawer, and nothing else."""
    text = (Path(expressions.__path__[0]) / "lower.py").read_text()
    text = text.replace("lower", "upper").replace("upperUTF8", "upperUTF8")
    (tmp_path / "upper.py").write_text(text)
    expressions.__path__.append(str(tmp_path))
    functions.cache_clear()
    yield
    expressions.__path__.remove(str(tmp_path))
    sys.modules.pop("vedette.store.expressions.upper", None)
    functions.cache_clear()


def test_a_function_is_added_by_one_file(added: None, tmp_path: Path) -> None:
    """It is found, travels as any other, and is answered."""
    store = open_duck(tmp_path / "store", [random_rows(THINGS, seed=3, number=5)])
    found = ask(store, {"t": q.call("upper", "Äb"), "n": q.count()}, group_by=["t"])
    store.close()
    assert found == [["ÄB", 5]]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (q.call("nonsense", q.TIME), "no function 'nonsense'"),
        (q.call("avg"), r"avg\(of\) takes 1 arguments, not 0"),
        (q.call("avg", q.Field("text")), "cannot be a text"),
        (q.call("avg", q.Field("missing")), "no column 'missing'"),
        (q.call("avg", q.call("avg", q.Field("number"))), "cannot be of a figure"),
        (q.call("quantile", q.Field("number"), 1.5), "cannot be 1.5"),
        (q.call("quantile", q.Field("number"), q.Field("number")), "must be a constant"),
        (q.call("count_if", q.Field("flag")), "is a condition"),
        (q.call("sum", q.Present(q.Field("text"))), "is a value"),
        (q.call("bucket", q.TIME, 0, 0), "cannot be 0"),
        (q.call("bucket", q.TIME, 1, 0), "10,000 steps of time"),
        (q.call("rate", float("inf")), "inf is no number"),
        (q.call("mapped", q.Field("whole"), 1, 2, 3), "pairs"),
    ],
)
def test_a_wrong_call_is_refused_in_words(
    engine: Engine, expression: q.Expression, words: str
) -> None:
    """For a person, without a word of SQL."""
    with pytest.raises(BadQuery, match=words) as caught:
        ask(engine, {"x": expression})
    assert "SELECT" not in str(caught.value)
