"""The outcomes page and its CSV."""

from __future__ import annotations

import csv
from io import StringIO

from django.http import StreamingHttpResponse
from django.test import Client

from tests.web.world import World
from vedette.store import query as q


def test_every_outcome_is_counted(world: World, alice: Client) -> None:
    """The sums, the words, and the reasons."""
    body = alice.get("/outcomes/").content.decode()
    assert f"{counted(world):,} items" in body
    for words in ("Accepted", "Kept, not shown yet", "Rate limited", "key limit"):
        assert words in body


def test_the_page_is_narrowed_by_project_and_kind(world: World, alice: Client) -> None:
    """Each in the address."""
    assert "key limit" not in alice.get("/outcomes/?project=web").content.decode()
    narrowed = alice.get("/outcomes/?kind=transaction").content.decode()
    assert "300 items" in narrowed


def test_the_csv_holds_every_row_and_no_formula(world: World, alice: Client) -> None:
    """A reason that a spreadsheet would run is made harmless."""
    rows = csv_rows(alice.get("/outcomes/csv/"))
    assert sum(int(row["quantity"]) for row in rows) == counted(world)
    assert "'=cmd|sample_rate" in {row["reason"] for row in rows}


def test_nothing_came_in(world: World, alice: Client) -> None:
    """An empty page says what to do."""
    address = "/outcomes/?start=2026-01-01T00:00&end=2026-01-02T00:00"
    assert "Nothing came in" in alice.get(address).content.decode()


def test_a_table_that_is_cut_says_so(world: World, alice: Client) -> None:
    """Totals and CSV are whole all the same."""
    for number in range(520):
        world.stage.count(world.shop, "filtered", 1, reason=f"rule {number}")
    body = alice.get("/outcomes/").content.decode()
    assert f"{counted(world):,} items" in body
    assert "These are the largest lines; there are more." in body
    assert body.count("<tr>") == 501
    rows = csv_rows(alice.get("/outcomes/csv/"))
    assert sum(row["outcome"] == "filtered" for row in rows) == 520


def test_a_range_of_two_thousand_years_is_cut_to_what_is_kept(world: World, alice: Client) -> None:
    """One address cannot ask for millions of steps of time."""
    query = "?start=0001-01-01T00:00&end=9999-12-31T00:00"
    for address in ("/outcomes/", "/issues/", f"/issues/{world.issues['checkout'].pk}/"):
        answer = alice.get(address + query)
        assert answer.status_code == 200
        assert len(answer.content) < 300_000
    assert "PaymentFailed" in alice.get("/issues/" + query).content.decode()


def csv_rows(answer: object) -> list[dict[str, str]]:
    """The lines of a CSV answer."""
    assert isinstance(answer, StreamingHttpResponse)
    text = b"".join(answer).decode()  # type: ignore[arg-type]
    return list(csv.DictReader(StringIO(text)))


def counted(world: World) -> int:
    """Everything that was counted, read row by row."""
    select = q.Select(
        table="outcomes",
        projects=world.visible,
        columns={"quantity": q.Field("quantity")},
        start=0,
        end=1 << 62,
        limit=q.MOST_ROWS,
    )
    return sum(row[0] for row in world.stage.flow.store.query(select).rows)
