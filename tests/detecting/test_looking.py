"""From spans that came in whatever way to an issue: once each, whatever is killed in between."""

from __future__ import annotations

from typing import Any

import pytest

from tests.detecting.sending import (
    LIST,
    ONE,
    look,
    looker,
    problems,
    request_of,
    send_request,
    send_streamed,
    streamed,
)
from tests.web.tracing import send_item
from tests.web.world import World
from vedette.detecting import looking, reading
from vedette.detecting.bounds import Bounds
from vedette.detecting.models import LookedAt
from vedette.explore.datasets import dataset_named
from vedette.issues.models import Issue
from vedette.items.client_report import OUTCOMES
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

ALL = VisibleProjects.of_system()


def count(world: World, table: str, *where: q.Condition) -> int:
    """How many rows there are."""
    select = q.Select(
        projects=ALL, table=table, columns={"n": q.count()}, where=list(where), start=0, end=1 << 52
    )
    return int(world.stage.flow.store.query(select).rows[0][0])


def test_a_loop_of_queries_becomes_an_issue(world: World) -> None:
    """With its kind, what it is about, its transaction, release, and how often it happened."""
    for at in range(3):
        send_request(world, world.shop, minutes=1.0 + at)
    assert look(world) == 3
    (issue,) = problems()
    assert issue.title == f"N+1 Query: {ONE}"
    assert (issue.logger, issue.level) == ("performance_n_plus_one_db_queries", "info")
    assert (issue.culprit, issue.first_release) == ("/orders", "shop@1.0.0")
    assert (issue.event_count, issue.priority, issue.platform) == (3, "low", "python")
    assert issue.project == world.shop


def test_healthy_requests_make_none(world: World) -> None:
    """Four queries are no loop."""
    send_request(world, world.shop, 4)
    assert look(world) == 0
    assert problems() == []


def test_streamed_spans_are_looked_at_as_a_whole(world: World) -> None:
    """In three containers, the segment's own span first, last, or in between."""
    spans = streamed()
    for part in (spans[8:], spans[:4], spans[4:8]):
        send_streamed(world, world.shop, part)
    assert look(world) == 1
    (issue,) = problems()
    assert issue.culprit == "/orders"


def test_spans_that_came_before_the_segment_was_looked_for_count_as_well(world: World) -> None:
    """What came in an earlier turn belongs to the segment that comes later."""
    spans = streamed()
    send_streamed(world, world.shop, spans[:-1])
    assert look(world) == 0
    send_streamed(world, world.shop, spans[-1:])
    assert look(world) == 1


def test_opentelemetry_in_two_requests(world: World) -> None:
    """A child whose parent came in another request finds its segment by the spans above it."""
    root, children = _otlp()
    send_item(world, world.shop, "otlp_traces", _request(children))
    send_item(world, world.shop, "otlp_traces", _request([root]))
    assert look(world) == 1


def test_nothing_is_doubled_by_a_kill_before_the_place_is_noted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second finding is known, and leaves no trace: neither an event nor a count."""
    send_request(world, world.shop)
    world.stage.work()

    def killed(*args: Any, **more: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(LookedAt.objects, "update_or_create", killed)
        with pytest.raises(RuntimeError):
            looker(world).look()
    world.stage.work()
    (issue,) = problems()
    assert look(world) == 1
    issue.refresh_from_db()
    assert issue.event_count == 1
    assert problems() == [issue]
    assert count(world, "errors", q.Compare(q.Field("event_type"), "=", "performance")) == 1
    assert count(world, OUTCOMES.name, q.Compare(q.Field("outcome"), "=", "invalid")) == 0


def test_the_same_segment_is_not_looked_at_twice(world: World) -> None:
    """Neither by the next turn nor by the next process."""
    send_request(world, world.shop)
    assert look(world) == 1
    assert look(world) == 0
    assert look(world) == 0


def test_a_segment_has_time_to_become_whole(world: World) -> None:
    """Nothing is looked at before it has settled."""
    send_request(world, world.shop)
    world.stage.work()
    flow = world.stage.flow
    patient = looking.Looker(flow.store, flow.folder / "spool", settle_seconds=3600)
    assert patient.look() == 0
    assert not LookedAt.objects.exists()
    assert looker(world).look() == 1


def test_no_more_are_looked_at_than_a_turn_may(world: World) -> None:
    """Of more a sample is taken; nothing waits."""
    for at in range(6):
        send_request(world, world.shop, minutes=1.0 + at)
    world.stage.work()
    one = looker(world, most_segments=2)
    assert one.look() <= 2
    assert one.segments == 2
    assert looker(world, most_segments=2).look() == 0


def test_of_a_flood_of_one_problem_some_are_told(world: World) -> None:
    """The others say nothing new."""
    for at in range(6):
        send_request(world, world.shop, minutes=1.0 + at)
    world.stage.work()
    assert looker(world, bounds=Bounds(most_of_one=4)).look() == 4


def test_of_a_flood_of_problems_some_are_told(world: World) -> None:
    """So that they take no room from the issues of errors; another project has its own."""
    for at in range(6):
        send_request(world, world.shop, name=f"/{'abcdef'[at]}")
    send_request(world, world.web, name="/a")
    world.stage.work()
    assert looker(world, bounds=Bounds(most_kinds=4)).look() == 5


def test_projects_do_not_mix(world: World) -> None:
    """The same loop in two projects makes two issues, of which each has its own."""
    send_request(world, world.shop)
    send_request(world, world.web)
    assert look(world) == 2
    assert {issue.project for issue in problems()} == {world.shop, world.web}


def test_a_problem_is_no_error(world: World) -> None:
    """Neither in explorations of errors, nor in what the project has used of them."""
    before = count(world, "errors", *dataset_named("errors").where)
    send_request(world, world.shop)
    look(world)
    assert count(world, "errors", *dataset_named("errors").where) == before
    assert count(world, "errors", *dataset_named("problems").where) == 1
    used = q.All([
        q.Compare(q.Field("category"), "=", "error"),
        q.Compare(q.Field("project_id"), "=", world.shop.pk),
    ])  # fmt: skip
    errors = Issue.objects.filter(project=world.shop).exclude(event_type="performance")
    assert count(world, OUTCOMES.name, used) <= sum(issue.event_count for issue in errors)


def test_addresses_with_numbers_are_one_issue(world: World) -> None:
    """A transaction that is called by its address is not another problem each time."""
    for number in (17, 4711):
        send_request(world, world.shop, name=f"/orders/{number}")
    assert look(world) == 2
    assert len(problems()) == 1


def test_both_statements_are_evidence(world: World) -> None:
    """What led to the loop, and the loop."""
    send_request(world, world.shop)
    look(world)
    (issue,) = problems()
    from vedette.issues.reading import load_event

    stored = load_event(ALL, issue, "latest")
    assert stored is not None
    evidence = stored.payload["occurrence"]
    assert evidence["count"] == 12
    assert [one["description"] for one in evidence["causes"]] == [LIST]
    assert {one["description"] for one in evidence["offenders"]} == {ONE}
    assert evidence["total_ms"] == pytest.approx(180, abs=1)
    assert stored.payload["contexts"]["trace"]["trace_id"]


def _otlp() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    made = request_of()
    trace = made["contexts"]["trace"]

    def nanos(seconds: float) -> str:
        return str(int(seconds * 1e9))

    root = {
        "traceId": trace["trace_id"],
        "spanId": trace["span_id"],
        "name": "/orders",
        "kind": 2,
        "startTimeUnixNano": nanos(made["start_timestamp"]),
        "endTimeUnixNano": nanos(made["timestamp"]),
        "attributes": [],
    }
    children = [
        {
            "traceId": trace["trace_id"],
            "spanId": one["span_id"],
            "parentSpanId": trace["span_id"],
            "name": "SELECT",
            "kind": 3,
            "startTimeUnixNano": nanos(one["start_timestamp"]),
            "endTimeUnixNano": nanos(one["timestamp"]),
            "attributes": [
                {"key": "db.system", "value": {"stringValue": "postgresql"}},
                {"key": "db.statement", "value": {"stringValue": one["description"]}},
            ],
        }
        for one in made["spans"]
    ]
    return root, children


def _request(spans: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": spans}]}]}


def test_segments_of_large_traces_are_whole_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where more spans come than are read at once, fewer segments are."""
    for at in range(4):
        send_request(world, world.shop, minutes=1.0 + at)
    world.stage.work()
    monkeypatch.setattr(reading, "MOST_SPANS", 20)
    monkeypatch.setattr(reading, "MOST_TAGGED", 20)
    assert looker(world).look() == 4


def test_a_stranger_cannot_report_a_problem(world: World) -> None:
    """Neither as an item of the kind, nor as an event that calls itself one."""
    claim = {
        "type": "performance",
        "logger": "performance_slow_db_query",
        "message": "forged",
        "occurrence": {"type": "performance_slow_db_query", "subtitle": "forged"},
    }
    send_item(world, world.shop, "problem", claim)
    send_item(world, world.shop, "event", {**claim, "message": "forged too"})
    world.stage.work()
    assert not Issue.objects.filter(value="forged").exists()
    (issue,) = Issue.objects.filter(value="forged too")
    assert issue.event_type == "default"


def test_an_error_with_the_fingerprint_of_a_problem_is_an_issue_of_its_own(world: World) -> None:
    """Or it would turn the problem into an error."""
    send_request(world, world.shop)
    assert look(world) == 1
    place = ["performance", "performance_n_plus_one_db_queries", "/orders", "http.server", ONE]
    send_item(world, world.shop, "event", {"message": "mine", "fingerprint": place})
    world.stage.work()
    (issue,) = problems()
    assert (issue.event_count, issue.title) == (1, f"N+1 Query: {ONE}")
    assert Issue.objects.filter(value="mine").count() == 1


def test_segments_that_share_one_trace_are_each_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace that goes on for hours is not read whole for each of its segments."""
    trace = "ab" * 16
    for at in range(4):
        send_request(world, world.shop, minutes=1.0 + at, trace_id=trace)
    world.stage.work()
    monkeypatch.setattr(reading, "MOST_SPANS", 20)
    monkeypatch.setattr(reading, "MOST_TAGGED", 20)
    assert looker(world).look() == 4


def test_a_turn_reads_no_more_spans_than_it_may(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Segments with very many spans are looked at after the others, as far as there is room."""
    for at in range(3):
        send_request(world, world.shop, 40, minutes=1.0 + at)
    send_request(world, world.web)
    world.stage.work()
    monkeypatch.setattr(reading, "MOST_OF_TURN", 70)
    assert looker(world).look() == 2
    assert looker(world).look() == 0


def test_no_project_takes_the_turn_of_another(world: World) -> None:
    """Whatever ids it gives its spans."""
    for at in range(6):
        send_request(world, world.shop, minutes=1.0 + at, span_id=f"{at + 1:016x}")
    send_request(world, world.web, span_id="f" * 16)
    assert look_at_most(world, 4) == 4
    assert {issue.project for issue in problems()} == {world.shop, world.web}


def look_at_most(world: World, most: int) -> int:
    """A turn of so many segments, and what it finds."""
    world.stage.work()
    found = looker(world, most_segments=most).look()
    world.stage.work()
    return found


def test_attributes_of_another_project_are_no_evidence(world: World) -> None:
    """Whoever knows the ids of a span may send one with the same ids to a project of their own."""
    trace, root, child = "cd" * 16, "1" * 16, "2" * 16
    for project, size in ((world.shop, 2_400_000), (world.web, 10)):
        made = request_of(trace_id=trace, span_id=root)
        start = made["start_timestamp"]
        made["spans"] = [
            {
                "span_id": child,
                "parent_span_id": root,
                "op": "http.client",
                "description": "GET https://api.example/rows",
                "start_timestamp": start,
                "timestamp": start + 0.5,
                "data": {"http.response_content_length": size},
            }
        ]
        send_item(world, project, "transaction", made)
    assert look(world) == 1
    assert {issue.project for issue in problems()} == {world.shop}


def test_a_loop_in_a_request_of_two_hours_is_found(world: World) -> None:
    """The spans are those since the segment began, however long that was ago."""
    made = request_of(minutes=1.0)
    made["start_timestamp"] -= 7200
    for span in made["spans"]:
        span["start_timestamp"] -= 7200
        span["timestamp"] -= 7200
    send_item(world, world.shop, "transaction", made)
    assert look(world) == 1
