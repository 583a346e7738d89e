"""The outcomes page and its CSV."""

from __future__ import annotations

import csv
from io import StringIO

from django.test import Client

from tests.web.world import World


def test_every_outcome_is_counted(world: World, alice: Client) -> None:
    """The sums, the words, and the reasons."""
    body = alice.get("/outcomes/").content.decode()
    assert "1,547 items" in body
    for words in ("Accepted", "Kept, not shown yet", "Rate limited", "key limit"):
        assert words in body


def test_the_page_is_narrowed_by_project_and_kind(world: World, alice: Client) -> None:
    """Each in the address."""
    assert "key limit" not in alice.get("/outcomes/?project=web").content.decode()
    narrowed = alice.get("/outcomes/?kind=transaction").content.decode()
    assert "300 items" in narrowed


def test_the_csv_holds_every_row_and_no_formula(world: World, alice: Client) -> None:
    """A reason that a spreadsheet would run is made harmless."""
    answer = alice.get("/outcomes/csv/")
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert sum(int(row["quantity"]) for row in rows) == 1547
    assert "'=cmd|sample_rate" in {row["reason"] for row in rows}


def test_nothing_came_in(world: World, alice: Client) -> None:
    """An empty page says what to do."""
    world.store.outcome_rows = []
    assert "Nothing came in" in alice.get("/outcomes/").content.decode()
