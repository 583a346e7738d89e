"""New counters: from a moment on, when every digester knows them, their buckets are whole."""

from __future__ import annotations

from vedette import clock
from vedette.alerts.models import CounterBucket, CounterMember, CounterStart
from vedette.alerts.rules import live_rules
from vedette.rules.counting import TICK_SECONDS

_KNOWN_AFTER_SECONDS = 40


def start_counters() -> None:
    """Note from when counters are whole; forget those that no rule has any more."""
    wanted = {live.place for live in live_rules() if not live.rule.is_edge}
    held = {(one.project_id, one.counter): one for one in CounterStart.objects.all()}
    begin = int(clock.timestamp()) + _KNOWN_AFTER_SECONDS
    begin += -begin % TICK_SECONDS
    for project_id, counter in sorted(wanted - held.keys()):
        CounterStart.objects.get_or_create(
            project_id=project_id, counter=counter, defaults={"since": begin}
        )
    for place in sorted(held.keys() - wanted):
        CounterBucket.objects.filter(project_id=place[0], counter=place[1]).delete()
        CounterMember.objects.filter(project_id=place[0], counter=place[1]).delete()
        held[place].delete()
