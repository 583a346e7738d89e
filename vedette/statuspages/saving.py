"""Keeping status pages: made, changed, arranged, removed. What changes is rendered anew."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction

from vedette.accounts.models import Organization
from vedette.monitors.models import Monitor
from vedette.statuspages.domains import forget_names
from vedette.statuspages.drafts import MOST_COMPONENTS, ComponentDraft, PageDraft
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import (
    StatusComponent,
    StatusGroup,
    StatusLogo,
    StatusPage,
    new_token,
)

MOST_OF_AN_ORGANIZATION: Final = 50
MOST_LOGO_BYTES: Final = 200_000
_COLUMNS: Final = (
    *("title", "description", "is_public", "accent", "css", "zone", "announcement"),
    *("shows_response", "auto_draft_minutes", "auto_publish"),
)
_PICTURES: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


def save(
    organization: Organization,
    slug: str,
    draft: PageDraft,
    *,
    is_from_file: bool = False,
    keeps_components: bool = False,
) -> StatusPage:
    """Make or change it. A component keeps its history while its name stays."""
    with transaction.atomic():
        row = StatusPage.objects.filter(organization=organization, slug=slug).first()
        if row is None:
            row = StatusPage(organization=organization, slug=slug)
        for name in _COLUMNS:
            setattr(row, name, getattr(draft, name))
        row.domain = draft.domain or None
        row.templates = dict(draft.templates)
        row.is_from_file = is_from_file
        row.save()
        if not keeps_components:
            _arrange(row, draft)
        touch(row)
    forget_names()
    row.refresh_from_db()
    return row


def free_slug(wanted: str) -> str:
    """An address that no page has."""
    taken = set(StatusPage.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted and wanted not in taken:
        return wanted
    return f"{wanted or 'status'}-{secrets.token_hex(3)}"


def add_component(page: StatusPage, name: str, monitors: Sequence[Monitor] = ()) -> StatusComponent:
    """One more, at the end. Raises ValueError, in words."""
    name = name.strip()[:100]
    if not name:
        raise ValueError("a component needs a name")
    if page.components.filter(name=name).exists():
        raise ValueError(f"there is a component {name} already")
    if page.components.count() >= MOST_COMPONENTS:
        raise ValueError(f"a page has at most {MOST_COMPONENTS} components")
    with transaction.atomic():
        last = page.components.order_by("-position").values_list("position", flat=True).first()
        made = StatusComponent.objects.create(
            page=page,
            name=name,
            position=0 if last is None else last + 1,
            manual_state=manual_state(monitors),
        )
        made.monitors.set(monitors)
        touch(page)
    return made


def manual_state(monitors: Sequence[Monitor], said: str = "operational") -> str:
    """What a person says; nothing of what is watched, so that it is unknown, and not well, when
    its monitors are removed."""
    return "" if monitors else said


def group_named(page: StatusPage, name: str) -> StatusGroup | None:
    """The group of this name, made at the end if there is none; None for no name."""
    name = name.strip()[:100]
    if not name:
        return None
    last = page.groups.order_by("-position").values_list("position", flat=True).first()
    made, _ = StatusGroup.objects.get_or_create(
        page=page, name=name, defaults={"position": 0 if last is None else last + 1}
    )
    return made


def drop_empty_groups(page: StatusPage) -> None:
    """Those without a component."""
    page.groups.filter(components=None).delete()


def renew_token(page: StatusPage) -> str:
    """The old key of a private page opens it no more; the new one."""
    token = new_token()
    page.token = token
    page.save(update_fields=["token"])
    return token


def set_logo(page: StatusPage, body: bytes) -> None:
    """PNG, JPEG or WebP, known by their first bytes; empty: none. Raises ValueError, in words."""
    if not body:
        StatusLogo.objects.filter(page=page).delete()
        touch(page)
        return
    suffix = next((name for start, name in _PICTURES.items() if body.startswith(start)), "")
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        suffix = "webp"
    if not suffix or len(body) > MOST_LOGO_BYTES:
        raise ValueError(f"a logo is PNG, JPEG or WebP of at most {MOST_LOGO_BYTES // 1000} kB")
    StatusLogo.objects.update_or_create(page=page, defaults={"suffix": suffix, "body": body})
    touch(page)


def monitors_named(organization: Organization, names: Iterable[str]) -> dict[str, Monitor]:
    """By `project/slug`."""
    wanted = set(names)
    slugs = {name.rpartition("/")[2] for name in wanted}
    rows = Monitor.objects.filter(project__organization=organization, slug__in=slugs)
    found = {f"{one.project.slug}/{one.slug}": one for one in rows.select_related("project")}
    return {name: one for name, one in found.items() if name in wanted}


def written_component(row: StatusComponent) -> dict[str, Any]:
    """As a file has it; needs its monitors and group loaded."""
    made: dict[str, Any] = {"name": row.name}
    monitors = sorted(f"{one.project.slug}/{one.slug}" for one in row.monitors.all())
    for name, value in (
        ("description", row.description),
        ("group", row.group.name if row.group else ""),
        ("monitors", monitors),
    ):
        if value:
            made[name] = value
    if not monitors and row.manual_state not in ("", "operational"):
        made["state"] = row.manual_state
    if not row.shows_uptime:
        made["uptime"] = False
    return made


def _arrange(page: StatusPage, draft: PageDraft) -> None:
    names = list(dict.fromkeys(one.group for one in draft.components))
    groups: dict[str, StatusGroup] = {}
    for position, name in enumerate(name for name in names if name):
        groups[name], _ = StatusGroup.objects.update_or_create(
            page=page, name=name, defaults={"position": position}
        )
    page.groups.exclude(name__in=groups).delete()
    page.components.exclude(name__in=[one.name for one in draft.components]).delete()
    known = monitors_named(
        page.organization, (name for one in draft.components for name in one.monitors)
    )
    for position, one in enumerate(draft.components):
        _keep(
            page,
            one,
            position,
            groups.get(one.group),
            [known[name] for name in one.monitors if name in known],
        )


def _keep(
    page: StatusPage,
    draft: ComponentDraft,
    position: int,
    group: StatusGroup | None,
    monitors: Sequence[Monitor],
) -> None:
    row, _ = StatusComponent.objects.update_or_create(
        page=page,
        name=draft.name,
        defaults={
            "description": draft.description,
            "group": group,
            "position": position,
            "manual_state": manual_state(monitors, draft.state),
            "shows_uptime": draft.uptime,
        },
    )
    row.monitors.set(monitors)
