"""Audits against the database that the environment names.

Run as a program by `test_postgres_audits.py`; prints what was found as JSON.
"""

from __future__ import annotations

import json
from threading import Thread

from vedette import config, django_setup

django_setup.setup(config.load())
django_setup.migrate()

from django.db import connection, connections, transaction  # noqa: E402

from tests.web.audited import document, sent  # noqa: E402
from vedette.accounts.models import Organization  # noqa: E402
from vedette.alerts.findings import react  # noqa: E402
from vedette.alerts.models import Alert, AlertRule  # noqa: E402
from vedette.audits import acting, reading  # noqa: E402
from vedette.audits.models import AuditFinding, AuditRun, AuditStanding  # noqa: E402
from vedette.audits.recording import record  # noqa: E402
from vedette.projects.creation import create_project  # noqa: E402
from vedette.rules.counting import counter_of  # noqa: E402
from vedette.rules.written import read_rule, write_rule  # noqa: E402
from vedette.web.pages.alert_rules.presets import preset_named  # noqa: E402

NEW = sent("new", severity="urgent", snippet=["pass"], instead={"first": 1, "new": ["raise"]})
AUDITS = (document(0, sent("old"), sent("lasts")), document(1, sent("lasts")), document(2, NEW))

shop = create_project(Organization.objects.create(slug="o", name="O"), "Shop", "python")
preset = preset_named("finding")
assert preset is not None
rule = read_rule(preset.entry)
AlertRule.objects.create(project=shop, slug="f", body=write_rule(rule), counter=counter_of(rule).id)


def take(place: int) -> None:
    """An audit as the API takes it."""
    with transaction.atomic():
        taken = record(shop, AUDITS[place], by="")
        react(shop.pk, taken.new, commit=AUDITS[place].commit)


def at_once(place: int) -> None:
    """The same in a thread of its own."""
    try:
        take(place)
    finally:
        connections.close_all()


def waiting() -> str:
    """What an audit waits with, while another of the project is being taken."""
    with transaction.atomic():
        AuditStanding.objects.select_for_update().get(project=shop)
        thread = Thread(target=at_once, args=(1,))
        thread.start()
        found: tuple[str, ...] | None = None
        while thread.is_alive() and found is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(
                    "SELECT query FROM pg_stat_activity"
                    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
                found = cursor.fetchone()
    thread.join()
    return found[0] if found else ""


take(1)
is_waited_for = "FOR UPDATE" in waiting()
threads = [Thread(target=at_once, args=(place,)) for place in (0, 2, 0, 2)]
for one in threads:
    one.start()
for one in threads:
    one.join()
fired = Alert.objects.exclude(state="over").count()
held = AuditFinding.objects.get(function="new")
with transaction.atomic():
    acting.accept([held], "known", None)
    react(shop.pk, [], commit="")
names = reading.files_with_findings(shop, ["/srv/shop/till.py"])
groups = reading.groups_of(shop, reading.Wanted(state=""), "file", {})
print(
    json.dumps(
        {
            "is_waited_for": is_waited_for,
            "audits": AuditRun.objects.count(),
            "states": sorted(AuditFinding.objects.values_list("function", "state")),
            "trend": [(one.total, one.new, one.fixed) for one in reading.trend(shop)],
            "alerts": [fired, Alert.objects.exclude(state="over").count()],
            "instead": held.instead,
            "found": reading.findings_of(shop, reading.Wanted(state="", query="NEW till")).count(),
            "frames": len(names),
            "groups": [(one.name, one.count) for one in groups],
            "counts": reading.counts_of(shop, "fixed"),
            "projects": len(reading.overviews([shop])),
        }
    )
)
