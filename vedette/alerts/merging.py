"""Numbers by group become numbers by issue: an issue may have several groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vedette.alerts import asking
from vedette.alerts.rules import LiveRule
from vedette.issues.models import IssueKey
from vedette.rules.windows import Key, Sums


def by_issue(live: LiveRule, sums: Mapping[Key, Sums], now: int) -> Mapping[Key, Sums]:
    """The sums of a window that ends now, by keys that name issues. Raises StoreError."""
    if "issue" not in live.rule.per:
        return sums
    place = live.rule.per.index("issue")
    groups = {int(key[place]) for key in sums if len(key) > place and key[place]}
    issues = dict(
        IssueKey.objects.filter(project_id=live.project_id, group_id__in=groups).values_list(
            "group_id", "issue_id"
        )
    )
    found: dict[Key, list[Sums]] = {}
    for key, one in sums.items():
        if len(key) <= place or not key[place] or int(key[place]) not in issues:
            continue
        whole = (*key[:place], str(issues[int(key[place])]), *key[place + 1 :])
        found.setdefault(whole, []).append(one)
    return {key: _added(live, key, parts, now) for key, parts in found.items()}


def _added(live: LiveRule, key: Key, parts: Sequence[Sums], now: int) -> Sums:
    if len(parts) == 1:
        return parts[0]
    counts = tuple(sum(column) for column in zip(*(one.counts for one in parts), strict=True))
    least, most = max(one.members for one in parts), sum(one.members for one in parts)
    if any(least <= threshold.number <= most for threshold in live.rule.thresholds):
        # Who is in both groups counts once: only the stored rows know how many that are.
        least = asking.members_of(live, key, now - live.rule.window, now)
    return Sums(counts, least)
