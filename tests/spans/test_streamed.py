"""Streamed and standalone spans, as the newer SDKs and browsers send them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.spans.reading import CHILD, ROOT, TRACE, read, rows, rows_of_envelope
from vedette.items import Effects

NOW = float(int(time.time()))
CAPTURES = Path(__file__).parents[3] / "shared" / "fixtures" / "captures"
needs_captures = pytest.mark.skipif(not CAPTURES.is_dir(), reason="no captures")


def typed(**values: Any) -> dict[str, Any]:
    return {name.replace("__", "."): {"value": value} for name, value in values.items()}


def span(**changes: Any) -> dict[str, Any]:
    """A child of a second."""
    return {
        "trace_id": TRACE,
        "span_id": CHILD,
        "parent_span_id": ROOT,
        "name": "SELECT orders",
        "status": "ok",
        "is_segment": False,
        "start_timestamp": NOW - 1,
        "end_timestamp": NOW,
        "attributes": typed(
            sentry__op="db",
            sentry__segment__id=ROOT,
            sentry__segment__name="GET /orders",
            sentry__release="shop@2.0",
            sentry__environment="staging",
            sentry__sdk__name="sentry.javascript.node",
            db__system="mysql",
        ),
        **changes,
    }


def container(*items: Any) -> dict[str, Any]:
    return {"version": 2, "items": list(items)}


def test_a_span_says_itself_where_it_belongs() -> None:
    """A child may come long before its segment, in another envelope."""
    (row,) = rows(read("span", container(span())))
    assert (row["segment_id"], row["transaction"], row["is_segment"]) == (
        ROOT,
        "GET /orders",
        False,
    )
    assert (row["op"], row["system"], row["platform"]) == ("db", "mysql", "node")
    assert (row["release"], row["environment"]) == ("shop@2.0", "staging")
    assert row["duration"] == 1000.0
    assert dict(row["tags"]) == {"db.system": "mysql"}


def test_a_segment_names_itself_and_its_release_is_seen() -> None:
    """Once for all segments of the container."""
    segment = span(is_segment=True, span_id=ROOT, parent_span_id=None, name="GET /orders")
    found = read("span", container(segment, span()))
    assert isinstance(found, Effects)
    assert [row.values["is_segment"] for row in found.rows] == [True, False]
    (fact,) = found.facts
    assert (fact.release, fact.environment) == ("shop@2.0", "staging")  # type: ignore[attr-defined]
    assert found.quantity == 2


def test_a_segment_is_called_as_it_says_in_the_end() -> None:
    """Python names a request by its route after its first spans; others keep what they said."""
    segment = span(is_segment=True, span_id=ROOT, parent_span_id=None)
    segment["attributes"] = typed(sentry__segment__name="/ship/{order}/")
    early, foreign = span(), span(span_id="d" * 16, trace_id="e" * 32)
    found = rows(read("span", container(early, segment, foreign)))
    assert [row["transaction"] for row in found] == ["/ship/{order}/"] * 2 + ["GET /orders"]


def test_moments_of_a_request_are_distances() -> None:
    """Browsers send a dozen as seconds since 1970."""
    attributes = {
        **span()["attributes"],
        "http.request.fetch_start": {"value": NOW - 0.9},
        "http.request.redirect_start": {"value": 0},
    }
    (row,) = rows(read("span", container(span(attributes=attributes))))
    tags = dict(row["tags"])
    assert float(tags["http.request.fetch_start"]) == pytest.approx(100, abs=0.01)
    assert tags["http.request.redirect_start"] == "0"


@pytest.mark.parametrize("attributes", [None, [], {"a": 7, "b": {"value": None}, "c": {}}, 7])
def test_attributes_that_are_none_cost_nothing_else(attributes: Any) -> None:
    (row,) = rows(read("span", container(span(attributes=attributes))))
    assert row["description"] == "SELECT orders"
    assert row["environment"] == "production"


def test_a_list_where_a_text_belongs() -> None:
    """A release that is a list is none."""
    attributes = {"sentry.release": {"value": ["a"]}, "user.id": {"value": {"a": 1}}}
    (row,) = rows(read("span", container(span(attributes=attributes))))
    assert (row["release"], row["user_id"]) == (None, None)


@needs_captures
def test_an_interaction_that_came_alone_belongs_to_its_page() -> None:
    """Of a browser's SDK 10."""
    envelope = (CAPTURES / "297-browser10-tx.envelope").read_bytes()
    (row,) = rows_of_envelope(envelope, 1795312110.0)
    assert row["transaction"] == "/static/b10.html"
    assert (row["op"], row["is_segment"]) == ("ui.interaction.click", False)
    assert dict(row["tags"])["measurements.inp"] == "8"


@needs_captures
@pytest.mark.parametrize(
    ("name", "spans", "segments"),
    [
        ("006-py-stream", 2, {"job"}),
        ("058-node-express", 7, {"GET /ok/:id", "GET 127.0.0.1", "POST /bad/:id"}),
        ("070-browser-tx", 14, {"/static/index.html"}),
        ("071-browser-tx", 2, {"/static/index.html"}),
    ],
)
def test_containers_as_they_were_captured(name: str, spans: int, segments: set[str]) -> None:
    """Of Python's, Node's and the browser's SDK."""
    found = rows_of_envelope((CAPTURES / f"{name}.envelope").read_bytes(), 1795312110.0)
    assert len(found) == spans
    assert {row["transaction"] for row in found} == segments
    assert len({row["trace_id"] for row in found}) == 1


def test_another_project_names_no_page_of_this_one() -> None:
    """Trace ids are no secret: browsers send them to every service they ask."""
    ids = {"trace_id": "e" * 32, "span_id": ROOT}
    said = {"sentry__segment__id": ROOT, "sentry__segment__name": "Pageload"}
    attributes = typed(sentry__op="pageload", url__path="/strange", **said)
    page = span(**ids, is_segment=True, name="Pageload", attributes=attributes)
    read("span", container(page), project_id=2)
    shift = span(trace_id="e" * 32, attributes=typed(sentry__op="ui.webvital.cls", **said))
    (row,) = rows(read("span", container(shift)))
    assert row["transaction"] == "Pageload"


def test_pages_without_a_route_are_named_by_their_path() -> None:
    """And so is what their visit sends later, in envelopes that do not say where it was."""
    page = span(
        is_segment=True,
        name="Pageload",
        span_id=ROOT,
        attributes=typed(sentry__op="pageload", url__path="/basket/8", sentry__segment__id=ROOT),
    )
    said = {"sentry__segment__id": ROOT, "sentry__segment__name": "Pageload"}
    paint = span(attributes=typed(sentry__op="browser.paint", **said))
    assert [row["transaction"] for row in rows(read("span", container(paint, page)))] == [
        "/basket/*"
    ] * 2
    shift = span(attributes=typed(sentry__op="ui.webvital.cls", **said))
    (row,) = rows(read("span", container(shift)))
    assert row["transaction"] == "/basket/*"
    elsewhere = span(
        attributes=typed(sentry__segment__id="d" * 16, sentry__segment__name="Pageload")
    )
    (row,) = rows(read("span", container(elsewhere)))
    assert row["transaction"] == "Pageload"
