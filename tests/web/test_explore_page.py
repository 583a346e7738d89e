"""The page Explore: the questions of every day, its search, chart, samples, files and links."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.web import samples
from tests.web.test_explore_api import quantile, send_questions_of_every_day, took
from tests.web.tracing import ROUTES, send_day, send_item, transaction
from tests.web.world import World, send_events
from vedette import clock
from vedette.accounts.models import Membership
from vedette.issues.merging import merge
from vedette.issues.models import Issue
from vedette.queries.models import SavedQuery
from vedette.web.pages.explore import sampling

OURS = "error_type:[bolna_api_failure,timeout]"
P95 = "p95(transaction.duration)"


@pytest.fixture
def sent(world: World) -> list[dict[str, Any]]:
    return send_questions_of_every_day(world)


def address(path: str = "", **query: Any) -> str:
    return f"/explore/{path}?{urlencode({'period': '24h', **query}, doseq=True)}"


def page(client: Client, path: str = "", **query: Any) -> str:
    answer = client.get(address(path, **query))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def rows(body: str) -> list[list[str]]:
    """The words of every cell of the answer's table, without what a click on them offers."""
    table = re.search(r'aria-label="(?:Answer|Samples)">(.*?)</table>', body, re.DOTALL)
    assert table is not None, "there is no answer"
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", table[1].partition("<tbody>")[2], re.DOTALL):
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        bare = [re.sub(r'<div class="menu-body">.*?</div>', "", cell) for cell in cells]
        found.append([" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in bare])
    return found


def links(body: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', body)


def legend(body: str) -> list[str]:
    """What the lines of the chart are called."""
    found = re.search(r'<ul class="legend"[^>]*>(.*?)</ul>', body, re.DOTALL)
    items = re.findall(r"<li[^>]*>(.*?)</li>", found[1], re.DOTALL) if found else []
    return [re.sub(r"<[^>]+>", "", item).strip() for item in items]


@pytest.mark.usefixtures("sent")
class TestQuestionsOfEveryDay:
    """Each is one address."""

    def test_errors_by_error_type(self, alice: Client) -> None:
        """The most frequent first."""
        body = page(alice, dataset="errors", group="error_type", query=OURS)
        assert rows(body) == [["bolna_api_failure", "4"], ["timeout", "2"]]
        assert legend(body) == ["bolna_api_failure", "timeout"]

    def test_p95_over_time_slowest_first(self, alice: Client, sent: list[dict[str, Any]]) -> None:
        """In the table and in the chart."""
        query = f"transaction:[{','.join(ROUTES[:3])}]"
        body = page(alice, dataset="transactions", group="transaction", figure=P95, query=query)
        by_name: dict[str, list[float]] = defaultdict(list)
        for one in sent:
            by_name[one["transaction"]].append(took(one))
        wanted = sorted(ROUTES[:3], key=lambda name: -quantile(by_name[name], 0.95))
        assert [row[0] for row in rows(body)] == wanted
        assert legend(body) == wanted
        for name, shown in rows(body):
            assert float(shown.removesuffix(" ms")) == pytest.approx(
                quantile(by_name[name], 0.95), abs=0.6
            )

    def test_errors_of_one_type_by_user(self, alice: Client) -> None:
        """Any tag groups."""
        body = page(alice, dataset="errors", group="user_id", query="error_type:bolna_api_failure")
        assert rows(body) == [["u1", "3"], ["u2", "1"]]

    def test_error_rate_by_release(self, alice: Client) -> None:
        """A minute, in one environment."""
        body = page(
            alice,
            dataset="errors",
            group="release",
            figure="epm()",
            query=f"environment:production {OURS}",
        )
        assert [row[0] for row in rows(body)] == ["shop@2.0.0", "shop@2.2.0", "shop@2.1.0"]

    def test_users_affected_by_issue(self, world: World, alice: Client) -> None:
        """The issue's name leads to it; merged issues count each user once."""
        figures = ["count_unique(user)", "count()"]
        body = page(alice, dataset="errors", group="issue", figure=figures, query="project:shop")
        found = {row[0].split()[0]: row[1:] for row in rows(body)}
        message = world.issues["message"]
        assert found[message.short_name][0] == "2"
        assert f"/issues/{message.pk}/?period=24h" in links(body)
        gone = message.short_name
        kept = merge(message, world.issues["checkout"])
        whole = page(alice, dataset="errors", figure=figures, query=f"issue:{kept.short_name}")
        body = page(alice, dataset="errors", group="issue", figure=figures, query="project:shop")
        merged = {row[0].split()[0]: row[1:] for row in rows(body)}
        assert gone not in merged
        assert merged[kept.short_name] == rows(whole)[0]

    def test_share_of_failures_of_an_operation(
        self, alice: Client, sent: list[dict[str, Any]]
    ) -> None:
        """One figure, without groups."""
        body = page(alice, dataset="spans", figure="failure_rate()", query="span.op:hms.connect")
        failed = sum(one["spans"][1]["status"] != "ok" for one in sent)
        assert rows(body) == [[f"{100 * failed / len(sent):.3g} %"]]


def test_every_ready_question_has_an_answer(world: World, alice: Client) -> None:
    """The page that asks nothing offers them; each leads to an answer."""
    body = page(alice)
    ready = re.findall(r'class="question" href="([^"]+)"', body)
    assert len(ready) >= 6
    for one in ready:
        answer = alice.get(f"/explore/{one}")
        assert answer.status_code == 200
        assert "explore-problem" not in answer.content.decode()


def test_a_value_is_added_or_excluded(world: World, sent: object, alice: Client) -> None:
    """By the links behind it, also a value that is missing and one with blanks."""
    body = page(alice, dataset="transactions", group="plan")
    assert {row[0] for row in rows(body)} == {"team", "free", "none"}
    queries = [link for link in links(body) if "query=" in link and "plan" in link]
    assert any("query=plan%3Ateam" in link for link in queries)
    assert any("query=%21plan%3Ateam" in link for link in queries)
    without = next(link for link in queries if "query=%21has%3Aplan" in link)
    assert [
        row[0] for row in rows(unescape(alice.get(f"/explore/{without}").content.decode()))
    ] == ["none"]
    either = page(alice, dataset="transactions", group="plan", query="plan:team OR plan:free")
    assert any("query=%28plan%3Ateam+OR+plan%3Afree%29+plan%3Ateam" in one for one in links(either))


def test_a_header_sorts_and_again_turns_round(sent: object, world: World, alice: Client) -> None:
    """Numbers fall first."""
    asked = {"dataset": "transactions", "group": "transaction", "figure": ["count()", P95]}
    body = page(alice, **asked)
    (link,) = [one for one in links(body) if re.search(r"sort=-p95", one) and "cursor" not in one]
    body = unescape(alice.get(f"/explore/{link}").content.decode())
    falling = [row[0] for row in rows(body)]
    again = next(one for one in links(body) if "sort=p95" in one)
    rising = [row[0] for row in rows(unescape(alice.get(f"/explore/{again}").content.decode()))]
    assert rising == falling[::-1]
    assert len(rising) == 5


def test_single_rows_lead_to_their_event_and_span(
    world: World, sent: list[dict[str, Any]], alice: Client
) -> None:
    """With pages of them, each row once."""
    body = page(alice, dataset="spans", query="transaction:call.initiate span.op:db")
    assert len(rows(body)) == 10
    traces = {one["contexts"]["trace"]["trace_id"] for one in sent[::4]}
    opened = re.findall(r"/traces/([0-9a-f]{32})/\?at=\d+&span=[0-9a-f]{16}", body)
    assert set(opened) == traces
    first = page(alice, dataset="spans", query="!transaction:/till", column=["trace", "span_id"])
    second = page(
        alice, dataset="spans", query="!transaction:/till", column=["trace", "span_id"],
        cursor="o:50",
    )  # fmt: skip
    every = [row[2] for body in (first, second) for row in rows(body)]
    assert len(every) == len(set(every)) == 100
    assert "Rows 51 to 100" in second
    events = page(alice, dataset="errors", query="error_type:timeout")
    assert re.search(r"/issues/\d+/events/[0-9a-f]{32}/", events)


def test_issues_of_two_projects_stay_two(world: World, alice: Client) -> None:
    """Though the same error makes the same group of both; in the table and in the chart."""
    payload = {**samples.MESSAGE, "event_id": "6f" * 16, "tags": {"twin": "yes"}}
    send_events(world.stage, world.shop, payload, events=2, minutes=3)
    send_events(world.stage, world.web, payload, events=1, minutes=3)
    world.stage.work()
    body = page(alice, dataset="errors", group="issue", query="twin:yes")
    assert [row[1] for row in rows(body)] == ["2", "1"]
    names = [row[0].split()[0] for row in rows(body)]
    assert [name.rpartition("-")[0] for name in names] == ["SHOP", "WEB"]
    assert legend(body) == names


def test_an_event_without_an_exception_is_called_by_its_message(
    world: World, alice: Client
) -> None:
    """In rows and as a group, which its filter finds again."""
    body = page(alice, dataset="errors", group="title", query="project:shop")
    message = world.issues["message"].title
    assert message in [row[0] for row in rows(body)]
    found = next(
        link for link in links(body) if "query=project%3Ashop+title%3A" in link and
        message.split()[0] in link
    )  # fmt: skip
    again = rows(unescape(alice.get(f"/explore/{found}").content.decode()))
    assert [row[0] for row in again] == [message]


def test_samples_lie_beneath_a_grouped_table(sent: object, world: World, alice: Client) -> None:
    """The newest rows, even where what groups come to is asked."""
    asked = {"dataset": "transactions", "group": "transaction", "query": "count():>5 plan:team"}
    assert "explore/samples/" in page(alice, **asked)
    assert len(rows(page(alice, "samples/", **asked))) == 10


def test_the_files_hold_the_rows_and_no_formula(world: World, alice: Client) -> None:
    """CSV that a spreadsheet does not run, JSON with numbers as numbers."""
    payload = {
        **samples.MESSAGE,
        "event_id": "5e" * 16,
        "tags": {"sum": "=HYPERLINK(1)"},
    }
    send_events(world.stage, world.shop, payload, events=2, minutes=3)
    world.stage.work()
    asked = {"dataset": "errors", "group": ["sum", "project"], "query": "has:sum"}
    answer = alice.get(address("csv/", **asked))
    assert list(csv.reader(StringIO(answer.content.decode()))) == [
        ["sum", "project", "count()"],
        ["'=HYPERLINK(1)", "shop", "2"],
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="errors.csv"'
    found = json.loads(alice.get(address("json/", **asked)).content)
    assert found == [{"sum": "=HYPERLINK(1)", "project": "shop", "count()": 2}]
    assert alice.get(address("csv/", dataset="errors", query="(a")).status_code == 400


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"query": "release:1 (level:error"}, "at character 11"),
        ({"group": "title", "figure": "p95(title)"}, "needs a field of numbers"),
        ({"figure": "nothing()"}, "there is no function nothing()".capitalize()),
        ({"query": "issue:SHOP-999"}, "there is no issue SHOP-999"),
        ({"group": "title", "cursor": "o:10000"}, "Only the first 10,000 rows"),
    ],
)
def test_what_cannot_be_asked_is_said_and_kept(
    query: dict[str, Any], words: str, world: World, alice: Client
) -> None:
    """The question stays in the page, to be mended."""
    body = page(alice, dataset="errors", **query)
    assert words in body
    assert query.get("query", "") in body


@pytest.mark.parametrize(
    "query",
    [{"dataset": "x"}, {"look": "pie"}, {"cursor": "x"}, {"group": [str(n) for n in range(20)]}],
)
def test_what_no_link_of_the_page_says_is_refused(
    query: dict[str, Any], world: World, alice: Client
) -> None:
    assert alice.get(address(**query)).status_code == 400


def test_sampled_spans_say_how_far_off_a_count_may_be(world: World, alice: Client) -> None:
    """The margin is 1.96 √(Σ w(w−1)) / Σ w, a percentile between those at p ± margin √(p(1−p)).

    The largest of 20 values is no bound for the 95th percentile of 200.
    """
    for number in range(20):
        sent = transaction("/sampled", minutes=5 + number, took=0.1 + number / 100)
        trace = {"trace_id": sent["contexts"]["trace"]["trace_id"], "sample_rate": "0.1"}
        send_item(world, world.shop, "transaction", sent, {"trace": trace})
    world.stage.work()
    body = page(alice, dataset="transactions", group="transaction", query="transaction:/sampled")
    assert rows(body) == [["/sampled", "200"]]
    margin = 196 * (20 * 10 * 9) ** 0.5 / 200
    assert "20 transactions of about 200 were kept" in " ".join(body.split())
    assert f"± {margin:.3g} %" in body
    body = page(
        alice,
        dataset="transactions",
        figure=["p50()", "p50(duration)"],
        query="transaction:/sampled",
    )
    assert "p50() lies between 156 ms and 234 ms" in " ".join(body.split())
    body = page(
        alice, dataset="transactions", figure=["p95()", "p99()"], query="transaction:/sampled"
    )
    words = " ".join(body.split())
    assert "p95() is 263 ms or more, p99() is 280 ms or more (95 %)" in words
    assert "Estimated" not in page(alice, dataset="transactions", query="transaction:/till")


def test_very_many_rows_of_few_traces_have_a_margin(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked for in a part of the traces, which may hold none of them."""
    for trace_id in ("1" * 32, "2" * 32):
        sent = transaction("/few", minutes=5, took=0.1, trace_id=trace_id)
        trace = {"trace_id": trace_id, "sample_rate": "0.1"}
        send_item(world, world.shop, "transaction", sent, {"trace": trace})
    world.stage.work()
    monkeypatch.setattr(sampling, "_MOST_ROWS", 1)
    body = page(alice, dataset="transactions", query="transaction:/few")
    assert f"± {196 * (2 * 10 * 9) ** 0.5 / 20:.1f} %" in body


def test_the_chart_compares_with_the_time_before(world: World, alice: Client) -> None:
    """As one more line, dashed; a release is marked where it appeared."""
    body = page(alice, dataset="errors", figure="count()", before="1")
    assert legend(body) == ["count()", "The time before"]
    assert 'class="colour-10 dashed"' in body
    assert "mark-release" in body


@pytest.mark.parametrize(
    ("figure", "area"), [("count()", 'class="area colour-1 edged"'), (P95, 'class="area colour-1"')]
)
def test_areas_stand_on_each_other_where_they_add_up(
    world: World, sent: object, alice: Client, figure: str, area: str
) -> None:
    """Counts are stacked; percentiles are filled beneath their lines."""
    asked = {"dataset": "transactions", "group": "transaction", "figure": figure}
    assert area in page(alice, **asked, look="areas")
    assert 'class="area' not in page(alice, **asked, look="lines")


def test_groups_are_compared_with_their_time_before(
    world: World, sent: object, alice: Client
) -> None:
    """Each dashed in its colour: those that are large now, with what they came to before."""
    now = clock.now()
    asked = {"dataset": "transactions", "group": "transaction", "top": "3", "period": ""}
    asked |= {
        "start": f"{now - timedelta(hours=12):%Y-%m-%dT%H:%M}",
        "end": f"{now:%Y-%m-%dT%H:%M}",
    }
    names = legend(page(alice, **asked, before="1"))
    lines = legend(page(alice, **asked))
    assert len(lines) > 3
    assert names == [*lines, *(f"{name}, the time before" for name in lines)]
    assert 'class="colour-1 dashed"' in page(alice, **asked, before="1")


def test_groups_of_any_type_have_lines_with_names(
    world: World, sent: object, alice: Client
) -> None:
    """Projects by their names, truths in words, several groups together."""
    body = page(
        alice,
        dataset="spans",
        group=["project", "is_failed", "span.op"],
        query="!transaction:/till",
    )
    assert "shop, false, db" in legend(body)
    assert "shop, true, hms.connect" in legend(body)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"dataset": "errors", "for": "search", "prefix": "error_t"}, "error_type:"),
        ({"dataset": "errors", "for": "search", "key": "error_type"}, "bolna_api_failure"),
        ({"dataset": "errors", "for": "search", "key": "project", "prefix": "sh"}, "shop"),
        ({"dataset": "errors", "for": "group", "prefix": "iss"}, "issue"),
        ({"dataset": "spans", "for": "search", "prefix": "span.d"}, "span.duration:"),
        ({"dataset": "spans", "for": "group", "prefix": "pl"}, "plan"),
        ({"dataset": "spans", "for": "search", "key": "plan"}, "team"),
        ({"dataset": "transactions", "for": "figure", "prefix": "p9"}, "p95(span.duration)"),
        ({"dataset": "spans", "for": "figure", "prefix": "p95(span.se"}, "p95(span.self_time)"),
        ({"dataset": "errors", "for": "figure", "prefix": "count_u"}, "count_unique(user)"),
    ],
)
def test_completion_knows_the_dataset(
    query: dict[str, Any], wanted: str, world: World, sent: object, alice: Client
) -> None:
    """Keys, values and aggregates, from what is stored."""
    found = alice.get("/explore/suggestions/", {"period": "24h", **query}).json()["suggestions"]
    assert wanted in [one["text"] for one in found]


def test_keys_of_issues_and_of_other_tables_are_not_offered(world: World, alice: Client) -> None:
    for prefix in ("assign", "stack", "error.un"):
        found = alice.get("/explore/suggestions/", {"dataset": "spans", "for": "search",
                                                    "prefix": prefix}).json()  # fmt: skip
        assert found == {"suggestions": []}


def test_others_see_nothing_of_it(world: World, sent: object, charlie: Client) -> None:
    assert charlie.get(address(dataset="errors")).status_code in (403, 404)
    assert Issue.objects.count() > 5


class TestSavedQueries:
    """A question under a name, for oneself or for the organisation."""

    def save(self, client: Client, name: str, **more: str) -> str:
        """Where the saved query is asked."""
        question = urlencode({"dataset": "errors", "group": "release", "project": "shop",
                              "cursor": "o:50", "period": "24h"})  # fmt: skip
        answer = client.post("/explore/saved/", {"name": name, "question": question, **more})
        assert answer.status_code == 302
        return str(answer["Location"])

    def test_it_is_asked_again_as_it_was(self, world: World, alice: Client) -> None:
        """With its filter, from its first row, under its name."""
        where = self.save(alice, "  Errors   by release ")
        body = unescape(alice.get(where).content.decode())
        assert "<h1>Errors by release</h1>" in body
        for kept in ("group=release", "project=shop", "period=24h"):
            assert kept in where
        assert "cursor" not in where
        assert "Save the change" not in body
        assert "Save the change" in alice.get(f"{where}&figure=epm()").content.decode()
        assert "Errors by release" in page(alice)

    def test_a_private_one_is_seen_by_nobody_else(
        self, world: World, alice: Client, bob: Client, charlie: Client
    ) -> None:
        """A shared one by the organisation, which cannot change it."""
        self.save(alice, "Mine alone")
        self.save(alice, "For all of us", shared="yes")
        body = page(bob)
        assert "For all of us" in body
        assert "Mine alone" not in body
        mine, shared = SavedQuery.objects.order_by("pk")
        for query, status in ((mine, 404), (shared, 403)):
            for client in (bob, charlie):
                answer = client.post(f"/explore/saved/{query.pk}/", {"do": "delete"})
                assert answer.status_code in ((status,) if client is bob else (403, 404))
        assert SavedQuery.objects.count() == 2

    def test_one_about_a_hidden_project_is_hidden(
        self, world: World, alice: Client, bob: Client
    ) -> None:
        """Its name and filter tell of the project."""
        self.save(alice, "Of the shop", shared="yes")
        Membership.objects.filter(user=world.bob).update(sees_all=False)
        assert "Of the shop" not in page(bob)

    def test_it_is_renamed_shared_updated_and_deleted(self, world: World, alice: Client) -> None:
        """By its owner."""
        self.save(alice, "Before")
        query = SavedQuery.objects.get()
        address = f"/explore/saved/{query.pk}/"
        alice.post(address, {"do": "rename", "name": "After"})
        alice.post(address, {"do": "share"})
        alice.post(address, {"do": "update", "question": "dataset=spans&group=span.op"})
        query.refresh_from_db()
        assert (query.name, query.is_shared) == ("After", True)
        assert query.question == "dataset=spans&group=span.op"
        alice.post(address, {"do": "hide"})
        query.refresh_from_db()
        assert not query.is_shared
        alice.post(address, {"do": "delete"})
        assert not SavedQuery.objects.exists()

    @pytest.mark.parametrize(
        "sent",
        [
            {"name": " ", "question": "dataset=errors"},
            {"name": "x" * 101, "question": "dataset=errors"},
            {"name": "x", "question": "dataset=nothing"},
            {"name": "x", "question": "dataset=errors&query=" + "x" * 40_000},
        ],
    )
    def test_what_cannot_be_saved(self, sent: dict[str, str], world: World, alice: Client) -> None:
        """Is refused in words."""
        answer = alice.post("/explore/saved/", sent)
        assert answer.status_code == 400
        assert not SavedQuery.objects.exists()


def test_a_transaction_leads_to_its_page(world: World, alice: Client) -> None:
    """Of transactions and spans; errors only name what they happened in."""
    send_day(world)
    body = page(alice, dataset="transactions", group="transaction")
    assert "/performance/transaction/?transaction=%2Fcheckout" in body
    assert "/performance/transaction/" not in page(alice, dataset="errors", group="transaction")
