"""What alert rules cost: counting a row, writing a batch's counts, looking at all rules.

Usage: python -m benchmarks.rules [RULES]

Of RULES rules of one project a third ask for one value of a tag, a third for a path of the stack
with a threshold of their own, a third count everything per issue. Prints CPU per event and per
look (every ten seconds), with RULES rules and with none.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from typing import Any

from benchmarks import measure

_EVENTS = 4000
_BATCH = 500


def main(number: int) -> None:
    """Measure and print."""
    measure.machine()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"VEDETTE_DATA": folder, "DJANGO_SETTINGS_MODULE": "vedette.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        _measure(number)


def _measure(number: int) -> None:
    from django.db import transaction

    from vedette.alerts import counters
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import AlertRule, CounterStart
    from vedette.alerts.rules import live_rules
    from vedette.facts import merged
    from vedette.rules.watching import Watcher

    project = _project()
    written = [_written(at) for at in range(number)]
    AlertRule.objects.bulk_create(
        AlertRule(project=project, slug=f"r{at}", body=body) for at, body in enumerate(written)
    )
    began = time.process_time()
    rules = live_rules()
    measure.say("reading the rules, once", (time.process_time() - began) * 1000, "ms")
    held = {live.counter.id: live.counter for live in rules}
    watcher = Watcher(held.values())
    CounterStart.objects.bulk_create(
        CounterStart(project=project, counter=counter, since=0) for counter in held
    )
    rows = [_row(project.pk, at) for at in range(_EVENTS)]
    batches = [rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH)]
    counting = writing = 0.0
    facts_in_all = 0
    for batch in batches:
        began = time.process_time()
        facts: list[Any] = [fact for row in batch for fact in watcher.see("errors", row)]
        together = merged(facts)
        counting += time.process_time() - began
        began = time.process_time()
        with transaction.atomic():
            counters.record(together)
        writing += time.process_time() - began
        facts_in_all += len(together)
    measure.say(f"counting, {number} rules", counting / _EVENTS * 1000, "ms per event")
    measure.say("writing the counts", writing / _EVENTS * 1000, "ms per event")
    measure.say("facts", facts_in_all / len(batches), f"per batch of {_BATCH}")
    now = int(time.time()) // 10 * 10
    began = time.process_time()
    report = evaluate(now)
    spent = time.process_time() - began
    measure.say("a look at all rules", spent * 1000, "ms", f"{spent * 10:.1f} % of a core")
    print(report)


def _project() -> Any:
    from vedette.accounts.models import Organization
    from vedette.projects.creation import create_project

    return create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")


def _written(at: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"name": f"rule {at}", "measure": "count", "window": "1h"}
    if at % 3 == 0:
        rule |= {"filter": f"error_type:type_{at}", "levels": {"critical": ">100000"}}
    elif at % 3 == 1:
        rule |= {"filter": "stack.filename:lib/auth/*", "levels": {"critical": f">{100_000 + at}"}}
    else:
        rule |= {"per": ["issue"], "levels": {"critical": f">{100_000 + at}"}}
    return rule


def _row(project_id: int, at: int) -> dict[str, Any]:
    chance = random.Random(at)
    micros = int((time.time() - 60 + at / 2000) * 1_000_000)
    return {
        "project_id": project_id,
        "group_id": chance.randrange(1, 200),
        "event_id": f"{at:032x}",
        "timestamp": micros,
        "received": micros,
        "level": "error",
        "message": None,
        "stack": "shop.till divide lib/auth/token.py:7\n" * 8,
        "tags": [("error_type", f"type_{chance.randrange(0, 3000)}"), ("city", "Bern")] * 6,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
