"""At the frames of the application: what a code audit found in their files."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.urls import reverse

from vedette.audits.reading import files_with_findings
from vedette.issues.models import Issue
from vedette.sources.paths import frame_place
from vedette.web.access import Viewer
from vedette.web.pages.issue.event import EventView
from vedette.web.pages.issue.frames import Frame, frame_line
from vedette.web.pages.issue.reframing import frames_of, reframed

_MOST_FRAMES = 200


def with_findings(event: EventView, viewer: Viewer, issue: Issue) -> EventView:
    """The event with a mark at each frame whose file has open findings; one question for all."""
    names: dict[tuple[str, str], tuple[str, ...]] = {}
    for frame in frames_of(event):
        place = frame_place(frame.file, frame.path, frame.module, frame_line(frame))
        if frame.in_app and place is not None and len(names) < _MOST_FRAMES:
            names[frame.file, frame.path] = place.names
    wanted = list(dict.fromkeys(name for some in names.values() for name in some))
    found = files_with_findings(issue.project, wanted)
    if not found:
        return event
    base = reverse("audit-project", args=[viewer.reference(issue.project)])

    def marked(frame: Frame) -> Frame:
        mine = names.get((frame.file, frame.path), ())
        findings = next((found[name] for name in mine if name in found), None)
        if findings is None:
            return frame
        count = len(findings)
        return replace(
            frame,
            audit_link=f"{base}?{urlencode({'path': findings[0].path, 'sort': 'file'})}",
            audit_words=f"{count} finding{'' if count == 1 else 's'} of the code audit in this "
            f"file: {findings[0].what}"[:300],
        )

    return reframed(event, marked)
