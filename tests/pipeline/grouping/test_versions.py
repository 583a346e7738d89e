"""Earlier versions of the algorithm: frozen, and told where they differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipeline.grouping.builder import crash, event, frame
from vedette.pipeline.grouping import VERSION, VERSIONS, explain, former_groups, group
from vedette.wire.event import decode_event

OLD = "vedette:2026-11-22"
# What the code of that day gave: one event and its key a line.
TABLE = Path(__file__).with_name("keys_2026_11_22.jsonl")
LINES = TABLE.read_text().splitlines()


def test_the_version_of_2026_11_22_gives_the_keys_it_gave() -> None:
    """Whatever is mended in the current one, for events of every kind."""
    for line in LINES:
        told = json.loads(line)
        sent = decode_event(json.dumps(told["event"]))
        assert group(sent, OLD).key.hex() == told["key"], line


def test_many_of_them_differ_today() -> None:
    """Else there would have been nothing to keep."""
    events = [decode_event(json.dumps(json.loads(line)["event"])) for line in LINES]
    renewed = [sent for sent in events if former_groups(sent, group(sent))]
    assert len(renewed) > 50
    assert len(renewed) < len(events)


def test_a_former_group_is_told_only_where_it_is_another() -> None:
    """Nearly every event is grouped as it was."""
    same = crash("python", frame("a", "m"))
    assert former_groups(same, group(same)) == []
    renewed = event("python", logentry={"message": "%s", "formatted": "disk is full"})
    (former,) = former_groups(renewed, group(renewed))
    assert former == group(renewed, OLD)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_explains_itself(version: str) -> None:
    """The explanation's key is the version's own."""
    sent = crash("node", frame("POST", "routes.orders:index"))
    assert explain(sent, version).key == group(sent, version).key
    assert explain(sent, version).version == version


def test_the_current_version_comes_first() -> None:
    """The past ones follow, newest first."""
    assert list(VERSIONS) == [VERSION, *sorted(set(VERSIONS) - {VERSION}, reverse=True)]
