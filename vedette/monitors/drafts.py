"""A monitor as people write it: in files, in the API and by a form.

    name: Shop
    kind: http
    url: https://shop.example.com/health
    interval: 60
    slow: {ms: 1000}
    depends_on: [gateway]
    tags: {team: web}

What belongs to the kind stands beside the rest. What is at its default may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from vedette.alerts.models import Severity
from vedette.configuration._slugs import slug_of
from vedette.monitors.kinds import HIDDEN, check_settings, monitor_kinds, secrets_of
from vedette.monitors.models import Monitor
from vedette.monitors.passive import PassiveKind
from vedette.rules.problems import Problem, Problems
from vedette.uptime import policy

MOST_NAME: Final = 128
MOST_RUNBOOK: Final = 20_000
_MOST_TAGS: Final = 20
_MOST_TEXT: Final = 200
_MOST_DEPENDENCIES: Final = 20
_MOST_NOTIFY: Final = 20
COLUMNS: Final = {
    "interval": "interval_seconds",
    "timeout": "timeout_seconds",
    "fail_after": "fail_after",
    "recover_after": "recover_after",
    "retry_every": "retry_seconds",
}
_NUMBERS: Final = {
    "interval": 60,
    "timeout": 10,
    "fail_after": 3,
    "recover_after": 2,
    "retry_every": 20,
}
KEYS: Final = (
    *("id", "name", "kind", "environment", *_NUMBERS, "window", "slow", "depends_on", "tags"),
    *("severity", "runbook", "notify", "opens_issue", "enabled"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A monitor that was read. `depends_on` are slugs; `settings` has the secrets, too.

    `brought` are the fields of the kind that were written, and not only kept; `forgotten` the
    secrets that were written as nothing, so that they go.
    """

    slug: str
    name: str
    kind: str
    environment: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    brought: frozenset[str] = frozenset()
    forgotten: frozenset[str] = frozenset()
    numbers: dict[str, int] = field(default_factory=dict)
    window: dict[str, Any] = field(default_factory=dict)
    slow: dict[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    severity: str = str(Severity.CRITICAL)
    runbook: str = ""
    notify: tuple[str, ...] = ()
    opens_issue: bool = True
    is_enabled: bool = True


def read_draft(
    entry: Mapping[str, Any],
    *,
    secrets: Mapping[str, Any] | None = None,
    known: tuple[str, ...] = (),
) -> tuple[Draft, list[Problem]]:
    """The monitor, and everything that is wrong with it: with problems it must not be kept.

    `secrets` are those that it has already and that the entry does not bring; `known` are keys
    that others read.
    """
    problems = Problems()
    kind = monitor_kinds().get(str(entry.get("kind", "")))
    if kind is None:
        problems.add("kind", f"it is one of {', '.join(sorted(monitor_kinds()))}")
    names = {one.name for one in kind.fields} if kind else set()
    for key in entry:
        if kind is not None and key not in (*KEYS, *known) and key not in names:
            problems.add(str(key), f"a monitor of the kind {kind.name} has no {key}")
    given = {
        name: entry[name]
        for name in names
        if name in entry and entry[name] not in ("", None, HIDDEN)
    }
    forgotten = {name for name in names if name in entry and entry[name] is None}
    held = names - forgotten
    kept = {name: value for name, value in (secrets or {}).items() if name in held}
    settings = {**kept, **given}
    usual = _NUMBERS | (kind.usual if isinstance(kind, PassiveKind) else {})
    if kind is not None:
        for path, words in check_settings(kind, settings).items():
            problems.add(path, words)
    for path, words in policy.check(entry).items():
        problems.add(path, words)
    draft = Draft(
        slug=slug_of(dict(entry)),
        name=_text(entry, "name", MOST_NAME, problems),
        kind=kind.name if kind else "",
        environment=_text(entry, "environment", 64, problems),
        settings=settings,
        brought=frozenset(given),
        forgotten=frozenset(forgotten),
        numbers={name: _whole(entry.get(name), held) for name, held in usual.items()},
        window=_table(entry.get("window")),
        slow=_table(entry.get("slow")),
        depends_on=_names(entry, "depends_on", _MOST_DEPENDENCIES, problems),
        tags=_tags(entry.get("tags"), problems),
        severity=str(entry.get("severity") or Severity.CRITICAL),
        runbook=_text(entry, "runbook", MOST_RUNBOOK, problems),
        notify=_names(entry, "notify", _MOST_NOTIFY, problems),
        opens_issue=entry.get("opens_issue") is not False,
        is_enabled=entry.get("enabled") is not False,
    )
    if not draft.name:
        problems.add("name", "a monitor needs a name")
    if draft.severity not in Severity.values:
        problems.add("severity", f"it is one of {', '.join(Severity.values)}")
    _check_switches(entry, problems)
    return draft, problems.all


def _check_switches(entry: Mapping[str, Any], problems: Problems) -> None:
    for name in ("enabled", "opens_issue"):
        if not isinstance(entry.get(name, True), bool):
            problems.add(name, "true or false")


def draft_of(monitor: Monitor, **changes: Any) -> Draft:
    """A monitor as it is, but for these."""
    held = Draft(
        slug=monitor.slug,
        name=monitor.name,
        kind=monitor.kind,
        environment=monitor.environment,
        settings={**monitor.settings, **secrets_of(monitor)},
        numbers={name: getattr(monitor, column) for name, column in COLUMNS.items()},
        window=monitor.window,
        slow=monitor.slow,
        depends_on=tuple(monitor.depends_on.values_list("slug", flat=True)),
        tags=monitor.tags,
        severity=monitor.severity,
        runbook=monitor.runbook,
        notify=tuple(monitor.notify),
        opens_issue=monitor.opens_issue,
        is_enabled=not monitor.is_paused,
    )
    numbers = {**held.numbers, **changes.pop("numbers", {})}
    return replace(held, numbers=numbers, **changes)


def _whole(value: object, default: int) -> int:
    return int(value) if isinstance(value, int | float) else default


def _table(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _text(entry: Mapping[str, Any], key: str, most: int, problems: Problems) -> str:
    value = entry.get(key) or ""
    if not isinstance(value, str):
        problems.add(key, "it is a text")
        return ""
    if len(value) > most:
        problems.add(key, f"it has at most {most:,} characters")
    return value.strip()[:most]


def _names(entry: Mapping[str, Any], key: str, most: int, problems: Problems) -> tuple[str, ...]:
    value = entry.get(key) or []
    is_fit = isinstance(value, list | tuple) and all(isinstance(o, str) and o for o in value)
    if not is_fit or len(value) > most:
        problems.add(key, f"it is a list of at most {most} names")
        return ()
    return tuple(dict.fromkeys(value))


def _tags(value: object, problems: Problems) -> dict[str, str]:
    given = value or {}
    if not isinstance(given, dict) or len(given) > _MOST_TAGS:
        problems.add("tags", f"they are written as NAME: VALUE, at most {_MOST_TAGS}")
        return {}
    for name, text in given.items():
        fits = isinstance(name, str) and isinstance(text, str | int | float | bool)
        if not fits or not name or len(name) > 64 or len(str(text)) > _MOST_TEXT:
            problems.add(f"tags.{name}", f"a text of at most {_MOST_TEXT} characters")
            return {}
    return {str(name): str(text) for name, text in given.items()}
