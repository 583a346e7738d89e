"""Routes: which alerts go to which channels, and how they are gathered."""

from __future__ import annotations

from collections.abc import Mapping

from vedette import clock
from vedette.accounts.models import Organization
from vedette.alerts import grouping
from vedette.alerts.labels import read_matcher
from vedette.alerts.models import AlertRoute
from vedette.alerts.muting import never_ends, read_mute_time
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.rules.durations import seconds_of
from vedette.rules.durations import written as span
from vedette.rules.problems import Problem

_KEYS = (
    *("id", "name", "order", "match", "channels", "continue", "group_by"),
    *("wait", "interval", "repeat", "mute"),
)
_SPANS = {"wait": 10, "interval": 60, "repeat": 4 * 3600}
_MOST_ORDER = 1_000_000
_LISTS = ("match", "channels", "group_by", "mute")


def current(organization: Organization) -> dict[str, Entry]:
    """Every route."""
    rows = AlertRoute.objects.filter(organization=organization).order_by("order", "slug")
    return {row.slug: written(row) for row in rows}


def written(row: AlertRoute) -> Entry:
    """One route as a file writes it."""
    made: Entry = {"id": row.slug}
    if row.order != 100:
        made["order"] = row.order
    if row.matchers:
        made["match"] = row.matchers
    made["channels"] = row.channels
    if row.goes_on:
        made["continue"] = True
    if row.group_by:
        made["group_by"] = row.group_by
    for name, default in _SPANS.items():
        if getattr(row, name) != default:
            made[name] = span(getattr(row, name))
    if row.mute:
        made["mute"] = row.mute
    return made


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """Keys, matchers, channels, spans, times of the week."""
    problems = [Problem(key, f"a route has no {key}") for key in entry if key not in _KEYS]
    if not slug_of(entry):
        problems.append(Problem("id", "give the route an id"))
    order = entry.get("order", 100)
    if not isinstance(order, int) or not -_MOST_ORDER <= order <= _MOST_ORDER:
        problems.append(Problem("order", "a whole number: the lowest is asked first"))
    for name in _LISTS:
        if not _is_list(entry.get(name, [])):
            problems.append(Problem(name, "a list of texts is needed"))
    return problems or _check_values(entry, known)


def _check_values(entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    problems: list[Problem] = []
    for at, text in enumerate(entry.get("match", [])):
        problems += _refused(f"match.{at}", read_matcher, text)
    for at, text in enumerate(entry.get("mute", [])):
        problems += _refused(f"mute.{at}", read_mute_time, text)
    if not problems and never_ends(entry.get("mute", []), clock.now()):
        problems.append(Problem("mute", "it would never speak: leave some time of the week"))
    for name in _SPANS:
        if name in entry:
            problems += _refused(name, seconds_of, entry[name])
    for at, slug in enumerate(entry.get("channels", [])):
        if slug not in known.get("channels", set()):
            problems.append(Problem(f"channels.{at}", f"there is no channel {slug}"))
    if not entry.get("channels"):
        problems.append(Problem("channels", "say where the alerts go: channels: [slack]"))
    return problems


def save(organization: Organization, slug: str, entry: Entry, author: Author) -> None:
    """Make or change it; what is said again goes by it, too."""
    spans = {name: seconds_of(entry.get(name, default)) for name, default in _SPANS.items()}
    mute = entry.get("mute", [])
    AlertRoute.objects.update_or_create(
        organization=organization,
        slug=slug,
        defaults={
            "order": int(entry.get("order", 100)),
            "matchers": entry.get("match", []),
            "channels": entry["channels"],
            "goes_on": bool(entry.get("continue", False)),
            "group_by": entry.get("group_by", []),
            "mute": mute,
            "is_from_file": author.is_file,
            **spans,
        },
    )
    grouping.follow_route(
        organization.pk,
        slug,
        entry["channels"],
        interval=spans["interval"],
        repeat=spans["repeat"],
        mute=mute,
    )


def remove(organization: Organization, slug: str, author: Author) -> None:
    """Delete it; its groups say what they were going to say, and nothing again."""
    AlertRoute.objects.filter(organization=organization, slug=slug).delete()
    grouping.follow_route(organization.pk, slug, ())


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    rows = AlertRoute.objects.filter(organization=organization, is_from_file=True)
    return set(rows.values_list("slug", flat=True))


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _refused(path: str, read: object, value: object) -> list[Problem]:
    try:
        read(value)  # type: ignore[operator]
    except ValueError as error:
        return [Problem(path, str(error))]
    return []


KIND = ConfigurationKind(
    name="routes",
    order=20,
    current=current,
    identify=slug_of,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
)
