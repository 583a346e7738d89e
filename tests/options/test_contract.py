"""What every group of options keeps to."""

from __future__ import annotations

import dataclasses

import pytest

from vedette.config import Config
from vedette.options import OptionGroup, groups
from vedette.options._resolving import check, problems_of
from vedette.pipeline.scrub.settings import MAX_FIELDS, MAX_LENGTH


def test_fields_of_all_places_fit_the_scrubber() -> None:
    """Or a list that each of them may choose could not be used together."""
    for name in ("sensitive_fields", "safe_fields"):
        option = groups()["scrubbing"].option(name)
        assert option is not None
        assert option.most_entries * len(groups()["scrubbing"].levels) <= MAX_FIELDS
        assert option.most_characters <= MAX_LENGTH


@pytest.mark.parametrize("group", groups().values(), ids=lambda one: one.name)
def test_a_group_keeps_the_contract(group: OptionGroup) -> None:
    """Defaults can be chosen, names are plain and unlike, settings of the environment exist."""
    assert group.label
    assert group.help.endswith(".")
    assert group.name.isidentifier()
    assert len({one.name for one in group.options}) == len(group.options)
    fields = {field.name for field in dataclasses.fields(Config)}
    for one in group.options:
        assert one.name.isidentifier()
        assert problems_of(one, one.default) == []
        assert not one.setting or one.setting in fields
        assert (one.form == "choice") == bool(one.choices)
        assert not one.is_added or isinstance(one.default, list)
    assert check(group, {one.name: one.default for one in group.options}) == []
