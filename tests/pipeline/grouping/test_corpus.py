"""Pairs of messages and of stacks of every platform: one issue or two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipeline.grouping.builder import Json, crash, event, key

FOLDER = Path(__file__).parent
MESSAGES = [
    line.split("\t")
    for line in (FOLDER / "corpus_messages.txt").read_text().splitlines()
    if not line.startswith("# ")
]
FRAMES: list[Json] = [
    json.loads(line) for line in (FOLDER / "corpus_frames.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize(("expected", "one", "other"), MESSAGES)
def test_two_messages_are_one_issue_or_two(expected: str, one: str, other: str) -> None:
    """One sentence with other data is one bug; another word, code or name in code is another."""
    keys = {key(event("python", message=text)) for text in (one, other)}
    assert len(keys) == {"same": 1, "apart": 2}[expected]


@pytest.mark.parametrize("pair", FRAMES, ids=lambda pair: pair["platform"] + ": " + pair["why"])
def test_two_stacks_are_one_issue_or_two(pair: Json) -> None:
    """The same place after a build, a deployment or an update of the language; or two places."""
    fields = pair.get("fields", {})
    sent = (
        crash(pair["platform"], *pair[side], **{name: both[at] for name, both in fields.items()})
        for at, side in enumerate(("one", "other"))
    )
    assert len({key(one) for one in sent}) == {"same": 1, "apart": 2}[pair["is"]]
