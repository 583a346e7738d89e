"""Keeping monitors: made, changed, paused, removed; each change is heard of by the prober."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from django.db import transaction
from django.db.models import F

from vedette import clock
from vedette.accounts.models import User
from vedette.alerts.first_rules import add_monitor_rules
from vedette.monitors.drafts import COLUMNS, Draft
from vedette.monitors.jobs.agreeing import KINDS, expect_anew
from vedette.monitors.kinds import monitor_kinds, secrets_of, split_settings, to_write_anew
from vedette.monitors.models import Monitor, MonitorEvent, MonitorStanding, MonitorsVersion
from vedette.monitors.sitting import Sitting
from vedette.projects.models import Project
from vedette.reactions import answer
from vedette.rules.problems import Problem
from vedette.uptime import covers
from vedette.uptime.composite import members_of
from vedette.uptime.dependencies import finds_cycle

MOST_OF_AN_ORGANIZATION: Final = 10_000
# Changes after which what was measured says nothing of what will be.
_ANEW: Final = frozenset({"kind", "settings", "secrets"})


class MonitorProblems(ValueError):
    """A monitor cannot be kept so; `problems` has at least one."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(one) for one in problems))
        self.problems = problems


def create(
    project: Project, draft: Draft, *, by: User | None = None, is_from_file: bool = False
) -> Monitor:
    """A new one. Raises MonitorProblems: no room, or what it depends on."""
    with transaction.atomic():
        _check_room(project)
        monitor = Monitor(
            project=project, slug=free_slug(project, draft.slug or "monitor"), created_by=by
        )
        if not Monitor.objects.filter(project=project).exists():
            add_monitor_rules(project, by)
        monitor.is_from_file = is_from_file
        monitor.is_paused = not draft.is_enabled
        _take_over(monitor, draft)
        monitor.save()
        _depend(monitor, draft)
        _check_members(monitor)
        if draft.kind not in KINDS:  # a job stands where it checks in from
            begin(monitor)
        _note(monitor, "created", by)
        note_change()
    return monitor


def change(
    monitor: Monitor, draft: Draft, *, by: User | None = None, is_from_file: bool = False
) -> list[str]:
    """Change it; the names of what is different now. Raises MonitorProblems."""
    with transaction.atomic():
        fields = monitor_kinds()[draft.kind].fields
        secret = {field.name for field in fields if field.is_secret} - draft.brought
        given = {name: value for name, value in draft.settings.items() if name not in secret}
        missing = to_write_anew(monitor, draft.kind, fields, given) - draft.forgotten
        if missing:
            raise MonitorProblems(
                [Problem(name, "write it again: it would go elsewhere") for name in sorted(missing)]
            )
        before = _columns(monitor)
        _take_over(monitor, draft)
        monitor.is_from_file = is_from_file
        dependencies = _depend(monitor, draft)
        _check_members(monitor)
        changed = [name for name, value in _columns(monitor).items() if before[name] != value]
        changed += ["depends_on"] if dependencies else []
        monitor.changed_at = clock.now()
        monitor.save()
        if changed:
            _note(monitor, "changed", by, text=", ".join(changed))
        if _ANEW & set(changed):
            _begin_anew(monitor)
        _cover(monitor, by, is_paused=not draft.is_enabled)
        note_change()
    return changed


def pause(monitor: Monitor, *, by: User | None = None) -> bool:
    """Measure nothing and tell nobody until it is resumed; False if that is so already."""
    return _cover(monitor, by, is_paused=True)


def resume(monitor: Monitor, *, by: User | None = None) -> bool:
    """Measure again, as a new one; False if that is so already."""
    return _cover(monitor, by, is_paused=False)


def remove(monitor: Monitor) -> None:
    """With everything that was judged of it; its checks go with their retention."""
    with transaction.atomic():
        _end(monitor)
        monitor.delete()
        note_change()


def note_change() -> None:
    """Let the prober hear that something is different now."""
    if not MonitorsVersion.objects.filter(pk=1).update(number=F("number") + 1):
        MonitorsVersion.objects.get_or_create(pk=1, defaults={"number": 1})


def begin(monitor: Monitor, environment: str = "") -> MonitorStanding:
    """Its first standing: new, since now, or paused from the start."""
    moment = clock.now()
    standing = covers.begin(moment.timestamp())
    if monitor.is_paused:
        standing, _ = covers.pause(standing, moment.timestamp())
    return Sitting.begin(monitor.pk, environment, standing, moment)


def free_slug(project: Project, wanted: str) -> str:
    """A name for files and addresses that no monitor of the project has."""
    base = wanted[:54].strip("-") or "monitor"
    rows = Monitor.objects.filter(project=project, slug__startswith=base)
    taken = set(rows.values_list("slug", flat=True))
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, 100_000))
    return next(name for name in names if name not in taken)


def _cover(monitor: Monitor, by: User | None, *, is_paused: bool) -> bool:
    with transaction.atomic():
        rows = Monitor.objects.filter(pk=monitor.pk, is_paused=not is_paused)
        if not rows.update(is_paused=is_paused):
            return False
        monitor.is_paused = is_paused
        sitting = Sitting(clock.timestamp(), by=by)
        for held in sitting.hold([monitor.pk]):
            change = covers.pause if is_paused else covers.resume
            sitting.apply(held, *change(held.standing, sitting.now))
        answer(sitting.finish())
        if not is_paused:
            expect_anew(monitor)
        note_change()
    return True


def _end(monitor: Monitor) -> None:
    """Whoever was told that it is down is told that it is watched no more."""
    sitting = Sitting(clock.timestamp())
    for held in sitting.hold([monitor.pk]):
        sitting.apply(held, *covers.pause(held.standing, sitting.now))
    answer(sitting.finish())


def _begin_anew(monitor: Monitor) -> None:
    """What it looks at is another thing now: as after a pause."""
    if monitor.is_paused:
        return
    sitting = Sitting(clock.timestamp())
    for held in sitting.hold([monitor.pk]):
        sitting.apply(held, *covers.renew(held.standing, sitting.now))
    answer(sitting.finish())


def _take_over(monitor: Monitor, draft: Draft) -> None:
    settings, secrets = split_settings(monitor_kinds()[draft.kind].fields, draft.settings)
    is_other = monitor.kind != draft.kind
    held = secrets_of(monitor)
    kept = {**({} if is_other else held), **secrets}
    has_moved = is_other or monitor.settings != settings
    kept = {name: value for name, value in kept.items() if name not in draft.forgotten}
    monitor.name, monitor.kind = draft.name, draft.kind
    monitor.environment = draft.environment
    monitor.settings = settings
    if kept != held or has_moved or draft.forgotten:  # else what cannot be opened is kept
        monitor.secrets = msgspec.json.encode(kept).decode() if kept else ""
    for name, value in draft.numbers.items():
        setattr(monitor, COLUMNS[name], value)
    monitor.window, monitor.slow = draft.window, draft.slow
    monitor.tags, monitor.severity = draft.tags, draft.severity
    monitor.runbook, monitor.notify = draft.runbook, list(draft.notify)
    monitor.opens_issue = draft.opens_issue


def _columns(monitor: Monitor) -> dict[str, Any]:
    names = ("name", "kind", "environment", "settings", *COLUMNS.values())
    names += ("window", "slow", "tags", "severity", "runbook", "notify", "opens_issue")
    columns = {name: getattr(monitor, name) for name in names}
    return {**columns, "secrets": secrets_of(monitor)}


def _depend(monitor: Monitor, draft: Draft) -> bool:
    """Whether it depends on others than before. Raises MonitorProblems."""
    others = Monitor.objects.filter(project__organization=monitor.project.organization_id)
    found = dict(
        others.filter(slug__in=draft.depends_on, project=monitor.project_id).values_list(
            "slug", "pk"
        )
    )
    missing = [slug for slug in draft.depends_on if slug not in found]
    if missing:
        raise MonitorProblems([Problem("depends_on", f"there is no monitor {missing[0]}")])
    wanted = set(found.values())
    held = set(monitor.depends_on.values_list("pk", flat=True))
    if wanted == held:
        return False
    way = finds_cycle(_edges(others.values_list("pk", flat=True)), monitor.pk, wanted)
    if way:
        names = dict(Monitor.objects.filter(pk__in=way).values_list("pk", "slug"))
        words = " → ".join(names[pk] for pk in way)
        raise MonitorProblems([Problem("depends_on", f"it would depend on itself: {words}")])
    monitor.depends_on.set(wanted)
    return True


def _check_members(monitor: Monitor) -> None:
    """A composite of which it is made itself would be down for ever. Raises MonitorProblems."""
    if monitor.kind != "composite":
        return
    rows = Monitor.objects.filter(project=monitor.project_id, kind="composite")
    members = {pk: members_of(held) for pk, held in rows.values_list("pk", "settings")}
    members[monitor.pk] = members_of(monitor.settings)
    slugs = dict(rows.values_list("pk", "slug")) | {monitor.pk: monitor.slug}
    by_slug = {slug: pk for pk, slug in slugs.items()}
    edges = {pk: [by_slug[one] for one in names if one in by_slug] for pk, names in members.items()}
    way = finds_cycle(edges, monitor.pk, edges[monitor.pk])
    if way:
        words = " → ".join(slugs[pk] for pk in way)
        raise MonitorProblems([Problem("monitors", f"it would be made of itself: {words}")])


def _edges(monitors: Iterable[int]) -> dict[int, list[int]]:
    edges: dict[int, list[int]] = {}
    rows = Monitor.depends_on.through.objects.filter(from_monitor__in=monitors)
    for child, parent in rows.values_list("from_monitor_id", "to_monitor_id"):
        edges.setdefault(child, []).append(parent)
    return edges


def _note(monitor: Monitor, kind: str, by: User | None, *, text: str = "") -> None:
    MonitorEvent.objects.create(monitor=monitor, kind=kind, user=by, text=text[:400])


def _check_room(project: Project) -> None:
    held = Monitor.objects.filter(project__organization=project.organization_id).count()
    if held >= MOST_OF_AN_ORGANIZATION:
        words = f"the organisation has {MOST_OF_AN_ORGANIZATION:,} monitors; remove some first"
        raise MonitorProblems([Problem("", words)])
