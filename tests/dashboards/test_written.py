"""Dashboards as people write them: read, refused in words, written again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.dashboards.content import read_body, write_body
from vedette.dashboards.ready import ready_dashboards
from vedette.dashboards.widgets import WidgetKind, widget_kinds
from vedette.dashboards.written import read_written, write_written

PROJECTS = {"shop": 1, "web": 2}
SLUGS = {pk: slug for slug, pk in PROJECTS.items()}
KINDS = list(widget_kinds().values())


def an_option(kind: WidgetKind) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the choices, boxes and numbers of a kind, beside its sample."""
    values: dict[str, st.SearchStrategy[Any]] = {}
    for field in kind.fields:
        if field.kind == "choice" and field.name != "dataset":
            values[field.name] = st.sampled_from([name for name, _ in field.choices()])
        elif field.kind == "check":
            values[field.name] = st.booleans()
        elif field.kind == "number":
            values[field.name] = st.integers(field.least, field.most)
    return st.fixed_dictionaries({}, optional=values)


@st.composite
def widgets(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    w = draw(st.integers(1, 12))
    place = {"x": draw(st.integers(0, 12 - w)), "y": draw(st.integers(0, 40)), "w": w}
    title = draw(st.text(st.characters(exclude_categories=("C",)), max_size=40))
    made = {"kind": kind.name, "title": title, "place": {**place, "h": draw(st.integers(1, 12))}}
    return {**made, **kind.sample, **draw(an_option(kind))}


DASHBOARDS = st.fixed_dictionaries(
    {
        "title": st.text(st.characters(categories=("L", "N")), min_size=1, max_size=60),
        "widgets": st.lists(widgets(), max_size=8),
    },
    optional={
        "description": st.text(st.characters(exclude_categories=("C",)), max_size=100),
        "filters": st.fixed_dictionaries(
            {},
            optional={
                "projects": st.lists(st.sampled_from(["shop", "web"]), unique=True),
                "environments": st.lists(st.sampled_from(["production", "staging"]), unique=True),
                "releases": st.just(["shop@1.0"]),
                "period": st.sampled_from(["", "24h", "14d"]),
            },
        ),
    },
)


@given(DASHBOARDS)
def test_what_goes_out_comes_in_the_same(entry: dict[str, Any]) -> None:
    """Export, JSON, import, export: nothing is lost and nothing moves."""
    draft, problems = read_written(entry, PROJECTS)
    assert problems == []
    out = write_written(draft.title, draft.description, draft.content, SLUGS)
    again, problems = read_written(json.loads(json.dumps(out)), PROJECTS)
    assert problems == []
    assert again == draft
    assert write_written(again.title, again.description, again.content, SLUGS) == out


@pytest.mark.parametrize(
    ("entry", "path", "words"),
    [
        ({}, "title", "needs a title"),
        ({"title": "a", "colour": "red"}, "colour", "has no colour"),
        ({"title": "a", "widgets": {}}, "widgets", "list of widgets"),
        ({"title": "a", "widgets": [{"kind": "pie"}]}, "widgets.0.kind", "one of series"),
        (
            {"title": "a", "widgets": [{"kind": "text", "text": "x"}, {"kind": "text"}]},
            "widgets.1.text",
            "must not be empty",
        ),
        (
            {"title": "a", "widgets": [{"kind": "series", "figures": ["p95("]}]},
            "widgets.0.figures",
            "it is no figure",
        ),
        (
            {"title": "a", "widgets": [{"kind": "series", "query": "a:b (c"}]},
            "widgets.0.query",
            "(at character 5)",
        ),
        (
            {"title": "a", "widgets": [{"kind": "number", "warning": "soon"}]},
            "widgets.0.warning",
            "a number",
        ),
        (
            {"title": "a", "widgets": [{"kind": "table", "limit": 1000}]},
            "widgets.0.limit",
            "from 1 to 50",
        ),
        (
            {
                "title": "a",
                "widgets": [{"kind": "table", "place": {"x": 8, "y": 0, "w": 8, "h": 1}}],
            },
            "widgets.0.place",
            "12 columns",
        ),
        ({"title": "a", "filters": {"projects": ["till"]}}, "filters.projects", "no project till"),
        ({"title": "a", "filters": {"period": "3y"}}, "filters.period", "one of 1h"),
        ({"title": "a", "widgets": [{"kind": "text", "text": "x"}] * 41}, "widgets", "at most 40"),
        ({"title": "a" * 101}, "title", "at most 100"),
    ],
)
def test_a_mistake_is_told_with_its_place(entry: dict[str, Any], path: str, words: str) -> None:
    """Every one of them, and what would be right."""
    _, problems = read_written(entry, PROJECTS)
    assert [one.path for one in problems] == [path]
    assert words in problems[0].words


# What parsers of JSON and YAML make of what people leave out or mistype.
ODD = (None, True, False, 0, -1, 1.5, 10**400, float("nan"), "", " ", [], [None], {}, {"a": []})
PLACES = ("title", "description", "filters", "widgets", "filters.projects", "filters.environments",
          "filters.releases", "filters.period")  # fmt: skip


@pytest.mark.parametrize("path", PLACES)
def test_what_is_taken_can_be_read_again(path: str) -> None:
    """A period that was left empty made every page of dashboards fail."""
    for odd in ODD:
        entry: dict[str, Any] = {"title": "t", "widgets": [], "filters": {}}
        *above, name = path.split(".")
        (entry[above[0]] if above else entry)[name] = odd
        draft, problems = read_written(entry, PROJECTS)
        if not problems:
            assert read_body(json.loads(json.dumps(write_body(draft.content)))) == draft.content


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_option_that_is_taken_can_be_read_again(kind: WidgetKind) -> None:
    """Whatever it is."""
    for name in (*(field.name for field in kind.fields), "kind", "title", "place"):
        for odd in ODD:
            widget = {"kind": kind.name, **kind.sample, name: odd}
            draft, problems = read_written({"title": "t", "widgets": [widget]}, PROJECTS)
            if not problems:
                assert read_body(json.loads(json.dumps(write_body(draft.content)))) == draft.content


def test_every_ready_dashboard_is_right() -> None:
    """And there are those that people ask for first."""
    names = list(ready_dashboards())
    assert names == ["first-week", "backend", "frontend", "mobile", "queues"]


def test_the_first_week_shows_what_it_promises() -> None:
    """Errors by type, P95, error rate, crash-free sessions, web vitals."""
    found = ready_dashboards()["first-week"].draft.content.widgets
    asked = [(one.kind, one.whole_options) for one in found]
    assert any(options.get("group") == ["error_type"] for _, options in asked)
    figures = {
        figure
        for _, options in asked
        for figure in [*options.get("figures", []), options.get("figure")]
    }
    assert {"p95(transaction.duration)", "failure_rate()"} <= figures
    assert {"crash_free", "vitals"} <= {kind for kind, _ in asked}
