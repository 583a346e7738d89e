"""The settings of a page: what it says, who may open it, how it looks, what it drafts."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.configuration import Entry
from vedette.rules.problems import Problem
from vedette.statuspages import saving
from vedette.statuspages.drafts import read_page
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import StatusLogo, StatusPage
from vedette.statuspages.reading import address_of
from vedette.statuspages.written import mistakes_in, written
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import FormField, Mistakes, lines_of
from vedette.web.pages.status_pages.finding import SECTION, find_page
from vedette.web.rendering import show

_TEXTS = ("title", "description", "announcement", "zone", "domain", "accent", "css")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsContext:
    """What the page shows; `rest` are mistakes that belong to no field."""

    status_page: StatusPage
    address: str
    fields: list[FormField]
    looks: list[FormField]
    rest: list[str]
    has_logo: bool
    may_change: bool = True


def show_settings(request: HttpRequest, viewer: Viewer, status_page_id: int) -> HttpResponse:
    """The form; a POST saves it, or removes the page with its name in `confirm`."""
    page = find_page(viewer, status_page_id)
    if request.method != "POST":
        return _form(request, page, written(page), [])
    if request.POST.get("do") == "remove":
        return _remove(request, page)
    entry = _entry(request, page)
    monitors = {name for one in entry["components"] for name in one.get("monitors", ())}
    problems = mistakes_in(page.organization, page.slug, entry, monitors)
    body = _logo(request)
    if not problems:
        draft, _ = read_page(entry)
        try:
            if body is not None:
                saving.set_logo(page, body)
        except ValueError as error:
            problems = [Problem("logo", str(error))]
        else:
            saving.save(
                page.organization,
                page.slug,
                draft,
                is_from_file=page.is_from_file,
                keeps_components=True,
            )
    if problems:
        return _form(request, page, entry, problems)
    touch(page)
    note_change(request, page.organization, f"status page {page.slug}: settings changed")
    put_flash(request, Flash(text="Saved. Visitors see it within a few seconds."))
    return redirect("status-page-settings", page.pk)


def _remove(request: HttpRequest, page: StatusPage) -> HttpResponse:
    if request.POST.get("confirm", "").strip() != page.title:
        problem = Problem("confirm", f"write {page.title} to remove it with all its incidents")
        return _form(request, page, written(page), [problem])
    note_change(request, page.organization, f"status page {page.slug}: removed")
    page.delete()
    put_flash(request, Flash(text=f"{page.title} is removed."))
    return redirect("status-pages")


def _entry(request: HttpRequest, page: StatusPage) -> Entry:
    """As a file would write it, with the components that it has."""
    sent = request.POST
    entry = {name: sent.get(name, "").replace("\r\n", "\n").strip() for name in _TEXTS}
    minutes = sent.get("auto_draft_minutes", "").strip() or "0"
    pairs = (line.partition(":") for line in lines_of(sent.get("templates", "")))
    whole = written(page)
    return {
        **entry,
        "id": page.slug,
        "public": sent.get("open") != "private",
        "response_times": bool(sent.get("response_times")),
        "auto_publish": bool(sent.get("auto_publish")),
        "auto_draft_minutes": int(minutes) if minutes.isdigit() else minutes,
        "templates": {name.strip(): text.strip() for name, _, text in pairs if name.strip()},
        "components": whole["components"],
    }


def _logo(request: HttpRequest) -> bytes | None:
    """The picture that was sent; empty to take it away, None to leave it."""
    if request.POST.get("forget_logo"):
        return b""
    sent = request.FILES.get("logo")
    if sent is None:
        return None
    return bytes(sent.read(saving.MOST_LOGO_BYTES + 1))


def _form(
    request: HttpRequest, page: StatusPage, entry: Entry, problems: list[Problem]
) -> HttpResponse:
    wrong = Mistakes(problems)
    context = SettingsContext(
        status_page=page,
        address=address_of(page),
        fields=_fields(entry, wrong),
        looks=_looks(entry, wrong),
        rest=wrong.rest,
        has_logo=StatusLogo.objects.filter(page=page).exists(),
    )
    status = 400 if problems else 200
    template = "pages/status_pages/settings.html"
    return show(request, template, context, section=SECTION, status=status)


def _fields(entry: Entry, wrong: Mistakes) -> list[FormField]:
    is_open = entry.get("public", True)
    templates = "\n".join(f"{name}: {text}" for name, text in entry.get("templates", {}).items())
    return [
        FormField(
            name="title", label="Title", value=entry.get("title", ""), is_needed=True,
            error=wrong.of("title"),
        ),
        FormField(
            name="description", label="Description (optional)",
            value=entry.get("description", ""), error=wrong.of("description"),
        ),
        FormField(
            name="announcement", label="Announcement (optional)", kind="lines", rows=3,
            value=entry.get("announcement", ""), error=wrong.of("announcement"),
            help="Markdown, shown above all else.",
        ),
        FormField(
            name="open", label="Who may open it", kind="select",
            value="public" if is_open else "private", error=wrong.of("public"),
            choices=(("public", "Everybody"), ("private", "Who has its secret link")),
        ),
        FormField(
            name="zone", label="Time zone", value=entry.get("zone", "UTC"),
            error=wrong.of("zone"), placeholder="Europe/Berlin",
        ),
        FormField(
            name="auto_draft_minutes", label="Draft an incident after so many minutes of down",
            kind="number", value=entry.get("auto_draft_minutes", 0),
            error=wrong.of("auto_draft_minutes"), help="0: never. A person publishes it.",
        ),
        FormField(
            name="auto_publish", label="Publish such drafts without a person", kind="check",
            value=entry.get("auto_publish", False), error=wrong.of("auto_publish"),
        ),
        FormField(
            name="response_times", label="Show response times", kind="check",
            value=entry.get("response_times", False), error=wrong.of("response_times"),
            help="P50 and P95 of the last day, of each component with monitors.",
        ),
        FormField(
            name="templates", label="Texts for updates (optional)", kind="lines", rows=4,
            value=templates, error=wrong.of("templates"), help="One a line, NAME: TEXT.",
        ),
    ]  # fmt: skip


def _looks(entry: Entry, wrong: Mistakes) -> list[FormField]:
    return [
        FormField(
            name="domain", label="Own domain (optional)", value=entry.get("domain", ""),
            error=wrong.of("domain"), placeholder="status.example.com",
            help="Point the name at this server, or at the proxy before it.",
        ),
        FormField(
            name="accent", label="Colour (optional)", value=entry.get("accent", ""),
            error=wrong.of("accent"), placeholder="#4752c4",
            help="Made darker or lighter until it can be read on light and dark.",
        ),
        FormField(
            name="css", label="Own styles (optional)", kind="lines", rows=6,
            value=entry.get("css", ""), error=wrong.of("css"),
            help="CSS after the page's own. It loads nothing from elsewhere.",
        ),
    ]  # fmt: skip
