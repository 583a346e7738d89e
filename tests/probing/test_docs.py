"""The page about probes keeps up with the drawer and the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vedette.probing.conditions import compile_condition
from vedette.probing.kinds import ProbeKind, probes
from vedette.probing.running import COMMON_REASONS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "probes.md").read_text()


@pytest.mark.parametrize("kind", probes().values(), ids=probes().keys())
def test_every_kind_is_described_with_its_fields_and_reasons(kind: ProbeKind) -> None:
    """Fields in their order, those that are needed in bold; reasons besides the common ones."""
    _, found, section = PAGE.partition(f"### {kind.label} `{kind.name}`\n")
    assert found
    section = section.partition("\n### ")[0]
    fields = (f"**`{one.name}`**" if one.is_needed else f"`{one.name}`" for one in kind.fields)
    assert f"Fields: {', '.join(fields)}." in section
    own = (f"`{reason}`" for reason in sorted(kind.reasons - COMMON_REASONS))
    assert f"Reasons: {', '.join(own)}." in section


def test_the_common_reasons_are_described() -> None:
    """Each in the table above the kinds."""
    table = PAGE.partition("Every kind has these reasons")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == COMMON_REASONS


def test_the_conditions_of_the_page_can_be_written() -> None:
    """Every example in the table is one."""
    section = PAGE.partition("## Conditions")[2].partition("\n## ")[0]
    examples = re.findall(r"^\| `(.+?)` \|", section, re.M)
    assert len(examples) > 12
    for example in examples:
        compile_condition(example)
