"""The shapes of questions, on both engines, against brute force over the same rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import msgspec
import pytest

from tests.store import brute
from tests.store.engines import END, START, TEXTS, Engine, as_dicts
from tests.store.test_expressions import EVERYTHING, SECONDS, ask
from vedette.store import query as q
from vedette.store.errors import BadQuery
from vedette.store.query import Select
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects

NUMBER, WHOLE, TEXT, TRACE = (q.Field(name) for name in ("number", "whole", "text", "trace_id"))
CONDITIONS: list[q.Condition] = [
    *(q.Compare(NUMBER, sign, 0.5) for sign in ("=", "!=", "<", "<=", ">", ">=")),
    *(q.Compare(TEXT, sign, "a") for sign in ("=", "!=", "<", ">=")),
    q.Compare(WHOLE, "=", 2.0),
    q.Compare(WHOLE, "<", 1 << 70),
    q.Compare(TEXT, "=", None),
    q.Compare(TEXT, "!=", None),
    q.Compare(q.Field("flag"), "!=", True),
    q.Compare(q.Field("moment"), ">=", START + 3_600_000_000),
    q.Compare(TRACE, "=", f"{3:032x}"),
    q.Compare(TRACE, "!=", f"{3:032x}"),
    q.Compare(WHOLE, "!=", q.Field("project_id")),
    q.Compare(q.Tag("size", is_number=True), ">", 0),
    q.Compare(q.Tag("city"), "!=", "a"),
    *(q.Compare(q.Tag("city"), "=", text) for text in TEXTS),
    q.OneOf(WHOLE, [1, 2, None]),
    q.OneOf(WHOLE, list(range(-2, 60))),
    q.OneOf(NUMBER, [1.5, *range(60)]),
    q.OneOf(TEXT, list(TEXTS[:4])),
    q.OneOf(TEXT, [*TEXTS[4:], *map(str, range(60))]),
    q.OneOf(TRACE, [f"{number:032x}" for number in range(4)]),
    q.OneOf(TEXT, []),
    *(q.Matches(TEXT, pattern) for pattern in ("*", "a", "a*", "*B", "*a*", "ä*", "*_*", "50%*")),
    *(q.Matches(TEXT, pattern) for pattern in ("a\\*b", "*\\\\*", "*\\*", "C:\\t*p", "a*a*b")),
    *(q.Matches(TEXT, pattern) for pattern in ("*line*break*", "*i*s*", '"*"', "", "**", "*.*")),
    q.Contains([TEXT, q.Tag("city")], "Äpf"),
    q.Contains([TEXT], "%"),
    q.Contains([TEXT], "Äpf", tags=True),
    *(q.Contains([], text, tags=True) for text in ("a", "B", "i", "%", "'", "\\")),
    q.Present(TEXT),
    q.Present(NUMBER),
    q.Not(q.Present(TEXT)),
    q.Not(q.Compare(NUMBER, ">", 0)),
    q.Not(q.Matches(TEXT, "a*")),
    q.All([]),
    q.Either([]),
    q.Either([q.Compare(NUMBER, ">", 30), q.All([q.Present(TEXT), q.Compare(WHOLE, "=", 1)])]),
]


@pytest.mark.parametrize("place", range(len(CONDITIONS)))
def test_a_condition_finds_what_it_says(engine: Engine, things: Rows, place: int) -> None:
    """Nulls, ties, other alphabets and characters that mean something to an engine included."""
    condition = CONDITIONS[place]
    found = ask(engine, {"p": q.Field("position")}, where=[condition], order_by=[q.Order("p")])
    wanted = [row["position"] for row in as_dicts(things) if brute.holds(condition, row)]
    assert [row[0] for row in found] == wanted, condition


@pytest.mark.parametrize("piece", ["*a", "*%a", "*_a", "*ä", "*\\*a", "a*"])
@pytest.mark.parametrize("ending", ["*b", "*b*", "b"])
def test_stars_cost_one_pass_over_a_text(engine: Engine, piece: str, ending: str) -> None:
    """Where a backtracking matcher would not come to its end: the test would not either."""
    text = piece.replace("\\*", "\0").replace("*", "").replace("\0", "*") * 3000
    pattern = piece * 14 + ending
    assert ask(engine, {"n": q.count()}, where=[q.Matches(q.Constant(text), pattern)]) == [[0]]
    pattern = piece * 14 + "*"
    assert ask(engine, {"n": q.count()}, where=[q.Matches(q.Constant(text), pattern)]) == [[400]]


def test_values_come_back_as_they_went_in(engine: Engine, things: Rows) -> None:
    """Ids as hex digits, times as microseconds, tags as numbers where they are."""
    names = ("trace_id", "moment", "number", "whole", "flag", "text")
    columns: dict[str, q.Expression] = {name: q.Field(name) for name in names}
    columns |= {"size": q.Tag("size", is_number=True), "p": q.Field("position")}
    found = ask(engine, columns, order_by=[q.Order("p")])
    for got, row in zip(found, as_dicts(things), strict=True):
        assert got == [*(row[name] for name in names), brute.value(columns["size"], row), got[-1]]


def test_a_bucket_starts_before_its_rows(engine: Engine, things: Rows) -> None:
    """Half a second before the next bucket is still this one; offsets move the edges."""
    for seconds, offset in ((60, 0), (3600, 1800), (7, 3)):
        found = dict(ask(engine, {"t": q.bucket(seconds, offset), "n": q.count()}, group_by=["t"]))
        wanted = Counter(
            (row["timestamp"] // 1_000_000 - offset) // seconds * seconds + offset
            for row in as_dicts(things)
        )
        assert found == wanted


def test_only_visible_projects_are_seen(engine: Engine, things: Rows) -> None:
    """Whatever else the question says; nothing for none."""
    rows = as_dicts(things)
    for ids in ((1,), (1, 3), (), (77,)):
        visible = VisibleProjects.granted(ids)
        ((count,),) = ask(engine, {"n": q.count()}, projects=visible)
        assert count == sum(row["project_id"] in ids for row in rows)
        either = q.Either([q.All([]), q.Compare(q.Field("project_id"), "=", 2)])
        ((count,),) = ask(engine, {"n": q.count()}, projects=visible, where=[either])
        assert count == sum(row["project_id"] in ids for row in rows)


def test_having_is_about_any_figure(engine: Engine, things: Rows) -> None:
    """Also about one that is not asked for, and about reckoning with several."""
    share = q.call("divide", q.call("count_if", q.Compare(NUMBER, ">", 0)), q.count())
    p90 = q.call("quantile", NUMBER, 0.9)
    found = ask(
        engine,
        {"text": TEXT, "n": q.count()},
        group_by=["text"],
        having=[q.Compare(share, ">", 0.3), q.Compare(p90, "<", 50)],
    )
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in as_dicts(things):
        groups[row["text"]].append(row)
    wanted = {
        text: len(rows)
        for text, rows in groups.items()
        if brute.figure(share, rows, SECONDS) > 0.3
        and (brute.figure(p90, rows, SECONDS) or 99) < 50
    }
    assert {row[0]: row[1] for row in found} == wanted
    assert 0 < len(wanted) < len(groups)


@pytest.mark.parametrize("figure", [q.count(), q.call("quantile", NUMBER, 0.5)])
def test_the_largest_groups_and_the_others(engine: Engine, things: Rows, figure: q.Call) -> None:
    """A series of each of the four largest and one of the rest, whose figure is of its rows."""
    rows = as_dicts(things)
    found = ask(
        engine,
        {"text": TEXT, "t": q.bucket(7200), "n": q.count(), "median": q.call("avg", NUMBER)},
        group_by=["text", "t"],
        top=q.Top("text", figure, 4),
    )
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row["text"]].append(row)
    sizes = {text: brute.figure(figure, held, SECONDS) for text, held in groups.items()}
    largest = sorted(
        sizes,
        key=lambda text: (
            sizes[text] is None,
            -(sizes[text] or 0),
            text is None,
            (text or "").encode(),
        ),
    )[:4]
    wanted: dict[tuple[Any, int, bool], list[Any]] = defaultdict(list)
    for row in rows:
        text, at = row["text"], row["timestamp"] // 7_200_000_000 * 7200
        key = (text, at, False) if text in largest else (None, at, True)
        wanted[key].append(row)
    assert {(row[0], row[1], row[4]) for row in found} == set(wanted)
    for text, at, count, mean, others in found:
        held = wanted[(text, at, bool(others))]
        assert count == len(held)
        assert mean == pytest.approx(brute.figure(q.call("avg", NUMBER), held, SECONDS))


def test_at_most_so_many_rows_of_each_group(engine: Engine, things: Rows) -> None:
    """The two most frequent texts of each project, ties by the text."""
    found = ask(
        engine,
        {"p": q.Field("project_id"), "text": TEXT, "n": q.count()},
        where=[q.Present(TEXT)],
        group_by=["p", "text"],
        order_by=[q.Order("n", True), q.Order("text")],
        limit_by=q.LimitBy(["p"], 2),
    )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for row in as_dicts(things):
        if row["text"]:
            counts[row["project_id"]][row["text"]] += 1
    wanted = [
        [project, text, count]
        for project, held in counts.items()
        for text, count in sorted(held.items(), key=lambda one: (-one[1], one[0].encode()))[:2]
    ]
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("fixed", [(), ("text",)], ids=["late", "early"])
def test_only_the_last_of_each_counts(engine: Engine, things: Rows, fixed: tuple[str, ...]) -> None:
    """Conditions are about the rows that stay: an earlier one does not stand in for the last."""
    found = ask(
        engine,
        {"p": q.Field("project_id"), "n": q.count(), "sum": q.call("sum", q.Field("whole"))},
        where=[q.Compare(TEXT, ">", "")],
        group_by=["p"],
        newest=q.Newest(("project_id", "text"), ("timestamp", "whole"), fixed=fixed),
    )
    last: dict[tuple[Any, ...], dict[str, Any]] = {}
    order = {None: -(10**9)}
    for row in as_dicts(things):
        key = (row["project_id"], row["text"])
        rank = (row["timestamp"], order.get(row["whole"], row["whole"]))
        if key not in last or rank > (
            last[key]["timestamp"],
            order.get(last[key]["whole"], last[key]["whole"]),
        ):
            last[key] = row
    wanted: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in last.values():
        if row["text"]:
            wanted[row["project_id"]].append(row)
    assert {project: n for project, n, _ in found} == {p: len(rows) for p, rows in wanted.items()}
    for project, _, total in found:
        held = [row["whole"] for row in wanted[project] if row["whole"] is not None]
        assert total == (sum(held) if held else None)


def test_tags_are_counted_one_by_one(engine: Engine, things: Rows) -> None:
    """Conditions on rows and on the tags apart."""
    found = ask(
        engine,
        {"key": q.Field("tag_key"), "value": q.Field("tag_value"), "n": q.count()},
        where=[q.Compare(NUMBER, ">", 0), q.Matches(q.Field("tag_key"), "*i*")],
        group_by=["key", "value"],
        explode_tags=True,
    )
    wanted = Counter(
        (key, value)
        for row in as_dicts(things)
        if (row["number"] or 0) > 0
        for key, value in row["tags"]
        if "i" in key
    )
    assert {(key, value): count for key, value, count in found} == wanted


@pytest.mark.parametrize("is_left", [False, True])
def test_two_tables_are_joined_by_trace(
    engine: Engine, things: Rows, parts: Rows, is_left: bool
) -> None:
    """Pairs of one project and trace, each side within what may be seen."""
    visible = VisibleProjects.granted([1, 2])
    other = q.Field("number", "parts")
    found = ask(
        engine,
        {
            "p": q.Field("position"),
            "n": q.call("count_if", q.Present(other)),
            "most": q.call("max", other),
        },
        projects=visible,
        where=[q.Compare(WHOLE, ">", 0)],
        join=q.Join("parts", where=[q.Present(other)], is_left=is_left),
        group_by=["p"],
        order_by=[q.Order("p")],
    )
    beside = [row for row in as_dicts(parts) if row["number"] is not None]
    wanted = []
    for row in as_dicts(things):
        if row["project_id"] not in visible or (row["whole"] or 0) <= 0:
            continue
        numbers = [
            one["number"]
            for one in beside
            if row["trace_id"] is not None
            and (one["project_id"], one["trace_id"]) == (row["project_id"], row["trace_id"])
        ]
        if numbers or is_left:
            wanted.append([row["position"], len(numbers), max(numbers, default=None)])
    assert found == wanted
    assert any(row[1] for row in found)


def test_a_question_travels(engine: Engine) -> None:
    """Everything a question can hold survives the socket."""
    select = Select(
        table="things",
        projects=VisibleProjects.granted([3, 1]),
        columns={"t": TEXT, "n": q.call("count_if", q.Compare(NUMBER, ">", 1.5))},
        where=[q.Not(q.Either([q.Matches(TEXT, "a*"), q.OneOf(WHOLE, [1, None])]))],
        group_by=["t"],
        having=[q.Compare(q.count(), ">", 0)],
        order_by=[q.Order("n", True), q.Order("t")],
        top=q.Top("t", q.count(), 3),
        start=START,
        end=END,
    )
    arrived = msgspec.msgpack.decode(msgspec.msgpack.encode(select), type=Select)
    assert arrived == select
    assert engine.query(arrived).rows == engine.query(select).rows


def deep(times: int) -> q.Condition:
    """A condition within many others."""
    return q.Not(deep(times - 1)) if times else q.All([])


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ({"where": [q.Compare(NUMBER, "=", "x")]}, "'x' cannot be compared with a number"),
        ({"where": [q.Compare(TRACE, "=", "x")]}, "'x' cannot be compared with an id"),
        ({"where": [q.Compare(q.TIME, ">", "x")]}, "cannot be compared with a time"),
        ({"where": [q.Compare(TEXT, "=", NUMBER)]}, "a text cannot be compared with a number"),
        ({"where": [q.Compare(q.count(), ">", 1)]}, "cannot choose among single rows"),
        ({"where": [q.Matches(q.TIME, "*")]}, "matched as text"),
        ({"where": [q.Present(q.Field("text; DROP TABLE things"))]}, "there is no column"),
        ({"where": [q.Present(q.Field("number", "parts"))]}, "not about 'parts'"),
        ({"columns": {"n": q.count(), "t": TEXT}}, "t is of one row"),
        ({"columns": {"n": q.count()}, "group_by": ["n"]}, "cannot be grouped by"),
        ({"columns": {'n"': q.count()}}, "no column name"),
        ({"order_by": [q.Order("nothing")]}, "'nothing' is not among the columns"),
        ({"limit": 1 << 30, "projects": VisibleProjects.granted([1])}, "100,000 rows"),
        ({"columns": {"t": q.bucket(1), "n": q.count()}, "group_by": ["t"]}, "steps of time"),
        ({"join": q.Join("nowhere")}, "there is no table"),
        ({"newest": q.Newest((), ("timestamp",))}, "needs columns to tell rows by"),
        ({"newest": q.Newest(("text",), ("timestamp",)), "explode_tags": True}, "of all rows"),
        ({"where": [deep(60)]}, "nested 50 deep"),
    ],
)
def test_a_wrong_question_is_refused_in_words(
    engine: Engine, rest: dict[str, Any], words: str
) -> None:
    """What is wrong is said to a person; no SQL is shown or run."""
    with pytest.raises(BadQuery, match=words) as caught:
        ask(engine, **({"columns": {"n": q.count()}} | rest))
    assert "SELECT" not in str(caught.value)


def test_projects_are_granted_not_made() -> None:
    """Nobody can build the permission by calling it, and narrowing never widens."""
    with pytest.raises(TypeError, match="only access control"):
        VisibleProjects()
    visible = VisibleProjects.granted([1, 2])
    assert visible.only([2, 3]).ids == (2,)
    assert EVERYTHING.only([5]).ids == (5,)
    assert not visible.only([])
