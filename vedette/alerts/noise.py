"""How often a rule called people, and how often for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q

from vedette import clock
from vedette.alerts.models import Alert, Closing

DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The last 30 days of one rule. Alerts that nobody closed count neither way."""

    fired: int = 0
    acknowledged: int = 0
    real: int = 0
    not_real: int = 0
    expected: int = 0

    @property
    def closed(self) -> int:
        """How many people have said something about."""
        return self.real + self.not_real + self.expected

    @property
    def false_share(self) -> float | None:
        """The share of the closed that were not real, in percent; None if none was closed."""
        return 100 * self.not_real / self.closed if self.closed else None


def noise_of(rules: Iterable[int]) -> dict[int, Noise]:
    """The figures by rule; a rule that did not fire is there with zeros."""
    ids = list(rules)
    since = clock.now() - timedelta(days=DAYS)
    rows = Alert.objects.filter(rule__in=ids, fired_at__gte=since).order_by()
    counts = {one: Count("pk", filter=Q(closed_as=one.value)) for one in Closing}
    counted = rows.values_list("rule").annotate(
        fired=Count("pk"),
        acknowledged=Count("pk", filter=~Q(acknowledged_at=None)),
        real=counts[Closing.REAL],
        not_real=counts[Closing.NOT_REAL],
        expected=counts[Closing.EXPECTED],
    )
    names = ("fired", "acknowledged", "real", "not_real", "expected")
    found = {pk: Noise(**dict(zip(names, row, strict=True))) for pk, *row in counted}
    return {pk: found.get(pk, Noise()) for pk in ids}


def last_fired(rules: Iterable[int]) -> dict[int, object]:
    """When each rule fired last; a rule that never did is not there."""
    rows = Alert.objects.filter(rule__in=list(rules), fired_at__isnull=False).order_by()
    return dict(rows.values_list("rule").annotate(Max("fired_at")))
