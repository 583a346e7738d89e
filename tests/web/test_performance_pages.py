"""The performance pages: figures against brute force over what was sent, and who may see them."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.web import samples
from tests.web.test_explore_api import quantile, took
from tests.web.tracing import ROUTES, send_day, send_item, transaction
from tests.web.world import World, send_events
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.issues.shapes import Period, Scope
from vedette.telemetry import spans as asking
from vedette.telemetry.changes import find_turns
from vedette.telemetry.distribution import distribution
from vedette.telemetry.examples import examples
from vedette.telemetry.performance import list_transactions, transaction_figures
from vedette.telemetry.series import series
from vedette.telemetry.slow_ones import slow_ones
from vedette.telemetry.spans import same
from vedette.telemetry.transaction_issues import endings, issues_in
from vedette.telemetry.work import suspects, work_kinds
from vedette.web.pages.performance.drawing import heat_map, histogram
from vedette.wire.envelope import build_envelope, new_event_id

SENT = "!transaction:/till"  # the one that everybody has is left out
Sent = list[dict[str, Any]]


@pytest.fixture
def sent(world: World) -> Sent:
    return send_day(world)


def scope(world: World, *, hours: float = 24, environments: tuple[str, ...] = ()) -> Scope:
    now = clock.now()
    period = Period(start=now - timedelta(hours=hours), end=now, label="")
    return Scope(visible=world.visible, environments=environments, period=period)


def of(sent: Sent, name: str) -> Sent:
    return [one for one in sent if one["transaction"] == name]


def names(client: Client, **query: str) -> list[str]:
    """The transactions of the table, in their order."""
    answer = client.get("/performance/", {"period": "24h", "query": SENT, **query})
    assert answer.status_code == 200, answer.content
    return re.findall(r'perf-name"><a href="[^"]+"><b>([^<]+)</b>', answer.content.decode())


def test_the_figures_equal_those_of_brute_force(world: World, sent: Sent) -> None:
    """Of every transaction: percentiles, rate, failures, Apdex, users, the time of all."""
    found = {row.name: row.now for row in list_transactions(scope(world), SENT).rows}
    assert set(found) == set(ROUTES)
    for name, now in found.items():
        mine = of(sent, name)
        times = [took(one) for one in mine]
        assert now.samples == now.count == len(mine)
        assert now.total == pytest.approx(sum(times), abs=0.1)
        assert now.rate == pytest.approx(len(mine) / 1440, rel=1e-6)
        for share in (50, 75, 95, 99):
            assert getattr(now, f"p{share}") == pytest.approx(
                quantile(times, share / 100), abs=0.01
            )
        failed = [one for one in mine if one["contexts"]["trace"]["status"] != "ok"]
        assert now.failures == pytest.approx(len(failed) / len(mine))
        quick, bearable = (sum(time <= limit for time in times) for limit in (300, 1200))
        assert now.apdex == pytest.approx((quick + bearable) / 2 / len(mine))
        assert now.users == len({one["user"]["id"] for one in mine})
        assert 0 < now.misery < 0.2
    assert transaction_figures(scope(world), "/checkout")[0] == found["/checkout"]


@pytest.mark.parametrize(
    ("sort", "figure"),
    [
        ("-p95", lambda times: -quantile(times, 0.95)),
        ("p50", lambda times: quantile(times, 0.5)),
        ("-total", lambda times: -sum(times)),
    ],
)
def test_the_table_is_sorted_by_any_figure(
    alice: Client, sent: Sent, sort: str, figure: Callable[[list[float]], float]
) -> None:
    """As a click on its head asks for."""
    wanted = sorted(ROUTES, key=lambda name: figure([took(one) for one in of(sent, name)]))
    assert names(alice, sort=sort) == wanted


def test_a_search_is_about_transactions_and_their_figures(alice: Client, sent: Sent) -> None:
    """By name, by attribute, and by what they come to."""
    assert names(alice, query="transaction:call.*") == ["call.initiate"]
    slow = {n for n in ROUTES if quantile([took(one) for one in of(sent, n)], 0.95) > 500}
    assert set(names(alice, query=f"{SENT} p95():>500ms")) == slow
    assert 0 < len(slow) < 4
    body = alice.get("/performance/", {"query": "p95(:"}).content
    assert b'id="query-error"' in body


def test_the_p95_is_compared_with_the_period_before(world: World, alice: Client) -> None:
    """Half as much again is said to be worse; a transaction without a past is not judged."""
    for at in range(25):
        for minutes, seconds in ((60 + at, 0.3), (26 * 60 + at, 0.2)):
            one = transaction("/grown", minutes=minutes, took=seconds)
            send_item(world, world.shop, "transaction", one)
        send_item(world, world.shop, "transaction", transaction("/new", minutes=9 + at, took=1))
    world.stage.work()
    page = alice.get("/performance/", {"period": "24h", "query": "transaction:[/grown,/new]"})
    assert re.findall(r'perf-difference (\w*)"[^>]*>([^<]+)<', page.content.decode()) == [
        ("bad", "+50 %")
    ]


def test_the_environment_and_the_project_choose(world: World, alice: Client, sent: Sent) -> None:
    """As the bar on top says."""
    other = transaction("/staged", minutes=3, took=0.1, environment="staging")
    send_item(world, world.web, "transaction", other)
    world.stage.work()
    assert names(alice, environment="staging") == ["/staged"]
    assert names(alice, project=world.web.slug) == ["/staged"]
    assert set(names(alice, project=world.shop.slug)) == set(ROUTES)


def test_the_number_of_questions_does_not_grow_with_the_rows(
    alice: Client, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Table, period before, chart, changes."""
    asked: list[object] = []
    real = asking.store

    class Counting:
        def query(self, select: Any) -> Any:
            asked.append(select)
            return real().query(select)

    monkeypatch.setattr(asking, "store", Counting)
    assert len(names(alice)) == 4
    assert len(asked) == 4


def test_the_steps_of_a_chart_hold_every_transaction(world: World, sent: Sent) -> None:
    """Counts add up, and a step's percentile is that of its transactions."""
    steps = series(scope(world), [same("transaction", "/checkout")])
    mine = of(sent, "/checkout")
    assert sum(step.count for step in steps) == len(mine)
    width = steps[1].start - steps[0].start
    for step in steps:
        held = [
            took(one)
            for one in mine
            if 0 <= one["timestamp"] - step.start.timestamp() < width.total_seconds()
        ]
        assert step.count == len(held)
        wanted = pytest.approx(quantile(held, 0.95), abs=0.01) if held else None
        assert step.percentiles["p95"] == wanted


def test_each_bucket_holds_what_took_as_long(world: World, sent: Sent) -> None:
    """The histogram equals counting by hand, and the heat map adds up to it."""
    found = distribution(scope(world), [same("transaction", "/checkout")])
    times = [took(one) for one in of(sent, "/checkout")]
    for at, count in enumerate(found.totals):
        assert count == sum(found.edges[at] <= time < found.edges[at + 1] for time in times)
    assert sum(found.totals) == len(times)


def test_nothing_to_spread_is_drawn_as_nothing(world: World) -> None:
    """Whatever goes away between two questions, both charts can be drawn."""
    found = distribution(scope(world), [same("transaction", "/nowhere")])
    now, _ = transaction_figures(scope(world), "/till")
    assert now is not None
    assert histogram(found, now).bars == heat_map(found).cells == []


def test_the_samples_are_the_slowest_the_typical_and_the_failed(world: World, sent: Sent) -> None:
    """In this order, each with its trace."""
    mine = of(sent, "call.initiate")
    middle = quantile([took(one) for one in mine], 0.5)
    found = examples(scope(world), "call.initiate", middle)
    slowest = sorted(mine, key=lambda one: -took(one))[:5]
    assert [one.trace_id for one in found.slowest] == [
        one["contexts"]["trace"]["trace_id"] for one in slowest
    ]
    assert found.typical
    assert all(abs(one.took - middle) <= middle * 0.1 + 1e-6 for one in found.typical)
    failed = [one for one in mine if one["contexts"]["trace"]["status"] != "ok"]
    assert len(found.failed) == min(len(failed), 5)
    assert all(one.is_failed for one in found.failed)


def test_the_statuses_add_up(world: World, sent: Sent) -> None:
    """How many ended with which."""
    found = {one.status: one.count for one in endings(scope(world), "call.initiate")}
    mine = of(sent, "call.initiate")
    assert found == Counter(one["contexts"]["trace"]["status"] for one in mine)


def test_the_time_goes_into_kinds_of_work(world: World, sent: Sent) -> None:
    """Own times of spans and of the transaction itself make up its duration."""
    kinds = {one.category: one for one in work_kinds(scope(world), "/checkout")}
    whole = sum(took(one) for one in of(sent, "/checkout"))
    assert kinds["db"].total == pytest.approx(whole * 0.4, rel=1e-4)
    assert kinds["hms"].total == pytest.approx(whole * 0.3, rel=1e-4)
    assert kinds["server"].total == pytest.approx(whole * 0.3, rel=1e-4)


def test_the_spans_that_take_most_come_first(world: World, sent: Sent) -> None:
    """Counted together without their values, with the slowest one of them."""
    first, second = suspects(scope(world), "/checkout")
    mine = of(sent, "/checkout")
    slowest = max(mine, key=took)
    assert first.subject == "SELECT * FROM calls WHERE id = %s"
    assert first.count == len(mine)
    assert first.inside == pytest.approx(len(mine), rel=0.15)
    assert first.p95 == pytest.approx(quantile([took(one) * 0.4 for one in mine], 0.95), abs=0.1)
    assert first.slowest_trace == slowest["contexts"]["trace"]["trace_id"]
    assert first.slowest_span == slowest["spans"][0]["span_id"]
    assert second.subject == "connect"


def send_slow_ones(world: World) -> None:
    """A hundred and twenty of a route; those of one shard take ten times as long."""
    for at in range(120):
        is_slow = at % 20 == 0
        one = transaction(
            "/search", minutes=5 + at, took=1.0 if is_slow else 0.1 + at / 10_000,
            tags={"shard": "seven" if is_slow else str(at % 3), "plan": f"p{at % 2}"},
            server_name="old" if is_slow else "new",
        )  # fmt: skip
        send_item(world, world.shop, "transaction", one)
    world.stage.work()


def test_what_the_slow_ones_have_in_common_is_named(world: World, alice: Client) -> None:
    """Attributes and fields that are more frequent among the slowest 5 %, and nothing else."""
    send_slow_ones(world)
    found = slow_ones(scope(world), "/search")
    assert {(one.key, one.value) for one in found.found} == {
        ("shard", "seven"),
        ("server_name", "old"),
    }
    assert found.slow == 6
    assert {one.share_of_chosen for one in found.found} == {1.0}
    page = alice.get(
        "/performance/transaction/",
        {"transaction": "/search", "project": world.shop.slug, "view": "slow", "period": "24h"},
    ).content.decode()
    assert "<td><code>shard</code></td>" in page
    link = re.search(r'href="(/traces/[^"]+)">traces', page)
    assert link is not None
    traces = alice.get(link[1].replace("&amp;", "&")).content.decode()
    assert len(re.findall(r"<tr>\s*<td class=\"traces-name", traces)) == 6


def test_the_issues_of_its_errors_are_named(world: World, alice: Client, sent: Sent) -> None:
    """Those whose events name the transaction."""
    payload = {**samples.MESSAGE, "event_id": "9" * 32, "transaction": "/checkout"}
    send_events(world.stage, world.shop, payload, events=2)
    world.stage.work()
    ((issue, count),) = issues_in(scope(world), "/checkout")
    assert (issue, count) == (world.issues["message"], 2)
    page = alice.get("/performance/transaction/", {"transaction": "/checkout"}).content.decode()
    assert f"/issues/{issue.pk}/" in page


@pytest.mark.parametrize("view", ["", "spans", "slow"])
def test_every_view_of_a_transaction_can_be_read(alice: Client, sent: Sent, view: str) -> None:
    """Without scripts, with its figures on top."""
    answer = alice.get(
        "/performance/transaction/", {"transaction": "/checkout", "view": view, "period": "24h"}
    )
    assert answer.status_code == 200
    body = answer.content.decode()
    p95 = quantile([took(one) for one in of(sent, "/checkout")], 0.95)
    assert f"<dd>{round(p95)} ms" in body


@pytest.mark.parametrize("name", ["", "/nowhere", "<script>alert(1)</script>"])
def test_a_transaction_that_is_not_there_is_said_to_be_so(
    world: World, alice: Client, name: str
) -> None:
    """With the way back; a name is shown as it is, never run."""
    answer = alice.get("/performance/transaction/", {"transaction": name})
    assert answer.status_code == 200
    assert b'class="empty"' in answer.content
    assert b"<script>alert" not in answer.content


def send_weeks(world: World, name: str, *, since: int) -> None:
    """Twelve an hour for four days, twice as slow for so many hours, as streamed spans."""
    chance, now, spans = random.Random(5), clock.timestamp(), []
    for hour in range(1, 97):
        for at in range(12):
            took = 0.1 * (2 if hour <= since else 1) * chance.lognormvariate(0, 0.2)
            end = now - hour * 3600 - at * 240
            spans.append(
                {
                    "trace_id": new_event_id(),
                    "span_id": new_event_id()[:16],
                    "name": name,
                    "status": "ok",
                    "is_segment": True,
                    "start_timestamp": end - took,
                    "end_timestamp": end,
                    "attributes": {"sentry.op": {"value": "task"}},
                }
            )
    for begin in range(0, len(spans), 500):
        held = spans[begin : begin + 500]
        header = {
            "type": "span",
            "item_count": len(held),
            "content_type": "application/vnd.sentry.items.span.v2+json",
        }
        item = (header, json.dumps({"version": 2, "items": held}).encode())
        envelope = build_envelope({"event_id": new_event_id()}, [item])
        world.stage.flow.spool(envelope, project=world.shop.pk)
    world.stage.work()


def test_what_got_slower_is_named_with_its_hour(world: World, alice: Client) -> None:
    """On the list, in its own view, and on the page; what is as ever is not."""
    send_weeks(world, "/worse", since=30)
    send_weeks(world, "/even", since=0)
    keys = [("/worse", world.shop.pk), ("/even", world.shop.pk)]
    turns = find_turns(scope(world), keys)
    assert list(turns) == keys[:1]
    turn = turns[keys[0]]
    assert turn.is_slower
    assert abs(turn.since - (clock.now() - timedelta(hours=30))) <= timedelta(hours=3)
    assert turn.after == pytest.approx(2 * turn.before, rel=0.15)
    assert names(alice, view="changed") == ["/worse"]
    page = alice.get("/performance/transaction/", {"transaction": "/worse"}).content
    assert b"Got slower" in page
    calm = alice.get("/performance/transaction/", {"transaction": "/even"}).content
    assert b"Got slower" not in calm


def test_a_teammate_sees_only_what_is_of_his_projects(
    world: World, bob: Client, sent: Sent
) -> None:
    """Neither in the list nor by the name of a transaction of another project."""
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    assert names(bob) == []
    for view in ("", "spans", "slow"):
        query = {"transaction": "/checkout", "view": view}
        body = bob.get("/performance/transaction/", query).content
        assert b"Nothing of it in this range" in body


def test_samples_stand_for_those_that_were_not_sent(world: World, alice: Client) -> None:
    """At a rate of a quarter each counts for four, which the page says."""
    for at in range(5):
        one = transaction("/sampled", minutes=2 + at, took=0.2)
        header = {"trace": {"trace_id": one["contexts"]["trace"]["trace_id"], "public_key": "a",
                            "sample_rate": "0.25"}}  # fmt: skip
        send_item(world, world.shop, "transaction", one, header)
    world.stage.work()
    (row,) = list_transactions(scope(world), "transaction:/sampled").rows
    assert (row.now.count, row.now.samples) == (20, 5)
    page = alice.get("/performance/", {"query": "transaction:/sampled"}).content
    assert b"worked out from samples" in page


def test_what_counts_as_quick_is_chosen(world: World, sent: Sent, alice: Client) -> None:
    """In the address, and kept on the way to one transaction; what is no number counts as 300."""
    mine = [took(one) for one in of(sent, "/checkout")]
    quick, bearable = (sum(time <= limit for time in mine) for limit in (100, 400))
    apdex = (quick + bearable) / 2 / len(mine)
    now, _ = transaction_figures(scope(world), "/checkout", 100)
    assert now is not None
    assert now.apdex == pytest.approx(apdex)
    page = alice.get("/performance/?quick=100").content.decode()
    assert 'value="100" min="1"' in page
    assert f'perf-apdex">{apdex:.2f}<' in page
    assert re.search(r"transaction=%2Fcheckout&amp;project=[^&]+&amp;quick=100", page)
    one = alice.get("/performance/transaction/?transaction=/checkout&quick=100").content.decode()
    assert f"<dd>{apdex:.2f}</dd>" in one
    for odd in ("0", "-5", "1e3", "9999999", "x"):
        assert 'value="300" min="1"' in alice.get(f"/performance/?quick={odd}").content.decode()


@pytest.mark.parametrize(
    ("address", "dataset"),
    [
        ("/performance/", "transactions"),
        ("/performance/insights/?view=queries", "spans"),
        ("/performance/insights/?view=vitals", "spans"),
        ("/traces/", "transactions"),
    ],
)
def test_searches_complete_what_is_stored(
    world: World, sent: Sent, alice: Client, address: str, dataset: str
) -> None:
    """Each box asks for the keys and values of what it searches."""
    page = alice.get(address).content.decode()
    (source,) = re.findall(r'<x-search src="([^"]+)"', page)
    assert f"dataset={dataset}" in source
    found = alice.get(source.replace("&amp;", "&") + "&key=transaction&prefix=/check")
    assert "/checkout" in found.content.decode()
