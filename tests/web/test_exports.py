"""Everything that a search finds, as a stream, from the page and over the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import pytest
from django.test import Client

from tests.web import samples
from tests.web.walk import bearer
from tests.web.world import EVENTS_PER_ISSUE, World, send_events
from vedette.exporting import rows
from vedette.exporting.formats import formats
from vedette.web import downloads

HERE = "/api/0/organizations/lantern/export/"


def body(answer: Any) -> bytes:
    """All of a stream."""
    assert answer.status_code == 200, answer.content
    return bytes(answer.getvalue())


def lines(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body(answer).splitlines()]


def page(client: Client, **query: str) -> Any:
    return client.get(f"/explore/export/?{urlencode({'period': '24h', **query})}")


def test_the_page_gives_every_row_whole(world: World, alice: Client) -> None:
    """A line has every column, and the event as it was sent."""
    event_id = samples.CHECKOUT["event_id"]
    found = {one["event_id"]: one for one in lines(page(alice, dataset="errors"))}
    assert len(found) == EVENTS_PER_ISSUE * len(world.issues)
    one = found[event_id]
    assert one["type"] == "PaymentFailed"
    assert one["payload"]["exception"] == samples.CHECKOUT["exception"]
    assert one["timestamp"].endswith("Z")


def test_the_search_of_the_page_chooses(alice: Client) -> None:
    """Only what the search finds is in the file."""
    found = lines(page(alice, dataset="errors", query="error.type:PaymentFailed"))
    assert {one["type"] for one in found} == {"PaymentFailed"}
    assert len(found) == EVENTS_PER_ISSUE
    assert lines(page(alice, dataset="errors", query="error.type:Nothing")) == []
    assert page(alice, dataset="errors", query='"unclosed').status_code == 400


def test_an_outsider_gets_nothing(charlie: Client, world: World) -> None:
    """Charlie, who sees no project, is refused, and Alice's project is none he can name."""
    assert page(charlie, dataset="errors").status_code == 403
    assert page(charlie, dataset="errors", project=world.shop.slug).status_code in (403, 404)


def test_portions_lose_and_double_nothing(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small the portions are, and though events share a moment, each is there once."""
    send_events(world.stage, world.shop, samples.MESSAGE, events=7, minutes=0)
    whole = lines(page(alice, dataset="errors"))
    for size in (1, 2, 3):
        monkeypatch.setattr(rows.portions, "__kwdefaults__", {**_defaults(), "size": size})
        assert lines(page(alice, dataset="errors")) == whole
    assert len({one["event_id"] for one in whole}) == len(whole)


def _defaults() -> dict[str, Any]:
    return dict(rows.portions.__kwdefaults__ or {})


@pytest.mark.parametrize("form", formats())
def test_the_api_gives_every_format(world: World, form: str, tmp_path: Path) -> None:
    """The same rows in each; Parquet is read by who reads Parquet."""
    client = bearer(world.organization)
    answer = client.get(HERE, {"dataset": "errors", "format": form, "query": "level:error"})
    path = tmp_path / f"errors.{form}"
    path.write_bytes(body(answer))
    read = "read_parquet" if form == "parquet" else "read_json"
    found = duckdb.sql(f"SELECT event_id FROM {read}('{path}')").fetchall()  # noqa: S608
    expected = {one["event_id"] for one in lines(client.get(HERE, {"query": "level:error"}))}
    assert {str(one).replace("-", "") for (one,) in found} == expected
    assert expected


def test_issues_are_a_dataset_of_their_own(world: World) -> None:
    """Each issue with its state, its count and the groups of its events."""
    client = bearer(world.organization)
    found = {one["id"]: one for one in lines(client.get(HERE, {"dataset": "issues"}))}
    assert found.keys() == {issue.pk for issue in world.issues.values()}
    assert all(one["groups"] and one["event_count"] for one in found.values())
    assert client.get(HERE, {"dataset": "issues", "query": "level:error"}).status_code == 400
    assert client.get(HERE, {"dataset": "nothing"}).status_code == 400


def test_only_so_many_export_at_a_time(alice: Client) -> None:
    """One more than may be under way is told to come back; a turn is given back in any case."""
    under_way = [page(alice, dataset="errors") for _ in range(downloads._MOST_AT_ONCE)]
    assert page(alice, dataset="errors").status_code == 429
    assert lines(under_way.pop())
    assert lines(page(alice, dataset="errors"))
    for one in under_way:
        assert lines(one)
