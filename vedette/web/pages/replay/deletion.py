"""Deleting a replay: what is lost is said first."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.replays.replay import find_replay
from vedette.storage.asking import Asker, remove_replay
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.rendering import show
from vedette.web.wording import size, took


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionContext:
    """What the page shows: what goes, in words, and the way back."""

    lost: str
    back: str


def deletion(request: HttpRequest, viewer: Viewer, slug: str, replay_id: str) -> HttpResponse:
    """Delete a replay with all that was recorded."""
    project = viewer.project(slug)
    found = find_replay(viewer.visible, project, replay_id)
    if found is None:
        raise Http404("no such replay")
    if request.method == "POST":
        asker = Asker(
            who=getattr(request.user, "email", ""),
            address=str(request.META.get("REMOTE_ADDR", "")),
            via="form",
        )
        remove_replay(project, found.row.replay_id, asker)
        put_flash(request, Flash(text="The replay goes within seconds."))
        return redirect("replays")
    length = took((found.finished_ms - found.started_ms) / 1000)
    lost = f"{length} of recording, {size(found.row.size_bytes)}. Its errors and traces stay."
    back = reverse("replay", args=[slug, found.row.replay_id])
    context = DeletionContext(lost=lost, back=back)
    return show(request, "pages/replay/deletion.html", context, section="replays")
