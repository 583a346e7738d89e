"""A digester begins with what those before it knew."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.config import load
from vedette.pipeline.scrub.fields import Fields, Known
from vedette.roles.digester import build
from vedette.spool.shares import share_of


@pytest.mark.parametrize(("before", "after"), [(2, 3), (3, 1), (1, 2)])
def test_another_number_of_digesters_makes_no_field_unknown(
    tmp_path: Path, before: int, after: int
) -> None:
    """Replays that are being recorded go to another one, which has to know their fields."""
    replays = [f"{number:032x}" for number in range(40)]
    for index in range(before):
        own = tmp_path / "run" / f"digester-{index}"
        own.mkdir(parents=True)
        fields = Fields(own / "fields")
        for replay in replays:
            if share_of(replay, before) == index:
                fields.keep(f"1:{replay}", Known(frozenset([5])))
        fields.save()
    config = load({"VEDETTE_DATA": str(tmp_path), "VEDETTE_DIGESTERS": str(after)})
    made = [build(config, index) for index in range(after)]
    for replay in replays:
        known = made[share_of(replay, after)]._context.fields.of(f"1:{replay}")
        assert known == Known(frozenset([5]))
    for one in made:
        one.close()
