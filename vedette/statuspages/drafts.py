"""A status page as it is written: by a form, a file, or the API; read with every mistake told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import available_timezones

from vedette.rules.problems import Problem, Problems
from vedette.statuspages.colours import is_colour, mistake_in_css
from vedette.statuspages.states import BY_HAND

MOST_COMPONENTS: Final = 2_000
MOST_MONITORS: Final = 50  # of a component
MOST_TEMPLATES: Final = 20
MOST_MINUTES: Final = 1_440
_DOMAIN: Final = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_KNOWN: Final = frozenset(
    {
        *("id", "title", "description", "public", "domain", "accent", "css", "zone"),
        *("announcement", "response_times", "templates", "auto_draft_minutes", "auto_publish"),
        "components",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentDraft:
    """A component; `monitors` are written `project/slug`."""

    name: str
    description: str = ""
    group: str = ""
    monitors: tuple[str, ...] = ()
    state: str = "operational"
    uptime: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDraft:
    """What is written of a page; `components` are in their order, and so
    are their groups."""

    title: str
    description: str = ""
    is_public: bool = True
    domain: str = ""
    accent: str = ""
    css: str = ""
    zone: str = "UTC"
    announcement: str = ""
    shows_response: bool = False
    templates: Mapping[str, str] = field(default_factory=dict)
    auto_draft_minutes: int = 0
    auto_publish: bool = False
    components: tuple[ComponentDraft, ...] = ()


def read_page(entry: Mapping[str, Any]) -> tuple[PageDraft, list[Problem]]:
    """The draft, and all that is wrong with it."""
    wrong = Problems()
    for name in sorted(set(entry) - _KNOWN):
        wrong.add(str(name), "there is no such setting of a status page")
    draft = PageDraft(
        title=_text(entry, "title", 100, wrong, is_needed=True),
        description=_text(entry, "description", 400, wrong),
        is_public=_yes(entry, "public", True, wrong),
        domain=_text(entry, "domain", 253, wrong).lower(),
        accent=_text(entry, "accent", 7, wrong),
        css=_text(entry, "css", 20_000, wrong),
        zone=_text(entry, "zone", 64, wrong) or "UTC",
        announcement=_text(entry, "announcement", 1000, wrong),
        shows_response=_yes(entry, "response_times", False, wrong),
        templates=_templates(entry, wrong),
        auto_draft_minutes=_minutes(entry, wrong),
        auto_publish=_yes(entry, "auto_publish", False, wrong),
        components=_components(entry, wrong),
    )
    _check(draft, wrong)
    return draft, wrong.all


def _check(draft: PageDraft, wrong: Problems) -> None:
    if draft.domain and not _DOMAIN.fullmatch(draft.domain):
        wrong.add("domain", "a name like status.example.com, without https://")
    if draft.accent and not is_colour(draft.accent):
        wrong.add("accent", "a colour is written #rrggbb")
    if mistake := mistake_in_css(draft.css):
        wrong.add("css", mistake)
    if draft.zone not in available_timezones():
        wrong.add("zone", "a time zone like Europe/Berlin")
    names = [one.name for one in draft.components]
    for number, name in enumerate(names):
        if name in names[:number]:
            wrong.add(f"components.{number}.name", f"there is a second {name}")


def _components(entry: Mapping[str, Any], wrong: Problems) -> tuple[ComponentDraft, ...]:
    given = entry.get("components") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        wrong.add("components", "a list of components, each with a name")
        return ()
    if len(given) > MOST_COMPONENTS:
        wrong.add("components", f"at most {MOST_COMPONENTS}")
    return tuple(
        _component(one, f"components.{number}", wrong)
        for number, one in enumerate(given[:MOST_COMPONENTS])
    )


def _component(entry: Mapping[str, Any], path: str, wrong: Problems) -> ComponentDraft:
    for name in sorted(
        set(entry) - {"name", "description", "group", "monitors", "state", "uptime"}
    ):
        wrong.add(f"{path}.{name}", "there is no such setting of a component")
    monitors = entry.get("monitors") or []
    if not isinstance(monitors, list) or not all(isinstance(one, str) for one in monitors):
        wrong.add(f"{path}.monitors", "a list of monitors, each project/slug")
        monitors = []
    if len(monitors) > MOST_MONITORS:
        wrong.add(f"{path}.monitors", f"at most {MOST_MONITORS}")
    state = entry.get("state") or "operational"
    if state not in tuple(BY_HAND):
        wrong.add(f"{path}.state", f"one of {', '.join(BY_HAND)}")
    return ComponentDraft(
        name=_text(entry, "name", 100, wrong, path=f"{path}.", is_needed=True),
        description=_text(entry, "description", 400, wrong, path=f"{path}."),
        group=_text(entry, "group", 100, wrong, path=f"{path}."),
        monitors=tuple(dict.fromkeys(monitors)),
        state=str(state),
        uptime=_yes(entry, "uptime", True, wrong, path=f"{path}."),
    )


def _templates(entry: Mapping[str, Any], wrong: Problems) -> dict[str, str]:
    given = entry.get("templates") or {}
    is_good = isinstance(given, dict) and all(
        isinstance(name, str)
        and isinstance(text, str)
        and 0 < len(name) <= 60
        and len(text) <= 2000
        for name, text in given.items()
    )
    if not is_good or len(given) > MOST_TEMPLATES:
        wrong.add("templates", f"at most {MOST_TEMPLATES} texts by name")
        return {}
    return dict(given)


def _minutes(entry: Mapping[str, Any], wrong: Problems) -> int:
    given = entry.get("auto_draft_minutes", 0)
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= MOST_MINUTES:
        wrong.add("auto_draft_minutes", f"minutes, 0 (never) to {MOST_MINUTES}")
        return 0
    return given


def _text(
    entry: Mapping[str, Any],
    name: str,
    most: int,
    wrong: Problems,
    *,
    path: str = "",
    is_needed: bool = False,
) -> str:
    value = entry.get(name) or ""
    if not isinstance(value, str):
        wrong.add(f"{path}{name}", "a text is needed")
        return ""
    value = value.strip()
    if is_needed and not value:
        wrong.add(f"{path}{name}", "is needed")
    if len(value) > most:
        wrong.add(f"{path}{name}", f"at most {most} characters")
    return value


def _yes(
    entry: Mapping[str, Any], name: str, usual: bool, wrong: Problems, *, path: str = ""
) -> bool:
    value = entry.get(name, usual)
    if not isinstance(value, bool):
        wrong.add(f"{path}{name}", "yes or no: true or false")
        return usual
    return value
