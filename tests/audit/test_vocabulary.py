"""What words are taken for."""

from __future__ import annotations

import pytest

from vedette.audit.vocabulary import explains


@pytest.mark.parametrize(
    ("comment", "is_reason"),
    [
        ("# the table has no partitions", True),
        ("# pylint: disable=broad-except # the table has no partitions", True),
        ("// eslint-disable-next-line no-empty // a lost beat is no matter", True),
        ("# pylint: disable=broad-except  # noqa: S110", False),
        ("// eslint-disable-next-line no-empty", False),
        ("# TODO: report it some day", False),
        ("#", False),
    ],
)
def test_a_word_to_a_tool_is_no_reason(comment: str, is_reason: bool) -> None:
    """And takes nothing from a reason that stands beside it."""
    assert explains(comment) is is_reason
