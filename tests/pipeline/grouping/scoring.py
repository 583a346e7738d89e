"""Scores a grouping against known bugs: pairwise precision and recall, B-cubed F1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import NamedTuple


class Score(NamedTuple):
    """All between 0 and 1; precision falls when bugs merge, recall when they split."""

    pair_precision: float
    pair_recall: float
    bcubed_f1: float


def score(labels: Mapping[str, Hashable], groups: Mapping[str, Hashable]) -> Score:
    """Compare the groups of events with their labels, both by event id."""
    by_label, by_group = Counter(labels[i] for i in groups), Counter(groups.values())
    both = Counter((labels[i], groups[i]) for i in groups)
    together = sum(map(_pairs, both.values()))
    precision = together / max(1, sum(map(_pairs, by_group.values())))
    recall = together / max(1, sum(map(_pairs, by_label.values())))
    pure = sum(n * n / by_group[found] for (_, found), n in both.items()) / len(groups)
    whole = sum(n * n / by_label[label] for (label, _), n in both.items()) / len(groups)
    return Score(precision, recall, 2 * pure * whole / (pure + whole))


def _pairs(count: int) -> int:
    """How many pairs can be made of `count` things."""
    return count * (count - 1) // 2
