"""One piece of feedback: the words, who wrote them and where, its files, what it is about."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.feedback.models import FeedbackStatus
from vedette.feedback.reading import Said, find
from vedette.issues import reading
from vedette.issues.lookup import find_anything
from vedette.issues.reading import Attachment
from vedette.issues.shapes import Destination
from vedette.issues.stored import attachments_of
from vedette.issues.telemetry import micros
from vedette.projects.models import Project
from vedette.replays.reading import find_row
from vedette.telemetry.traces import has_spans
from vedette.web.access import Viewer
from vedette.web.pages.feedback.acting import members_for
from vedette.web.pages.issue.files import safe_name, safe_type
from vedette.web.rendering import show
from vedette.web.replays import Watchable, watchable
from vedette.web.routing import Route
from vedette.web.security import SANDBOX_POLICY
from vedette.web.wording import duration

_MOST_INLINE_BYTES = 10 << 20
_MOST_FILES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShown:
    """A file; a raster image of moderate size is shown in the page."""

    file: Attachment
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OneContext:
    """What the page shows. `about` is the issue and event that the feedback names.

    `replay` is the one in which it was written, if it is here.
    """

    said: Said
    project: Project
    files: list[FileShown]
    about: Destination | None
    has_trace: bool
    replay: Watchable | None
    statuses: list[tuple[str, str]]
    members: list[User]
    may_change: bool

    @property
    def replay_length(self) -> str:
        """How long the replay lasts, in words."""
        return duration(self.replay.row.seconds) if self.replay else ""

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is known of where it was written, without what is not."""
        said = self.said
        known = (
            ("Release", said.release),
            ("Environment", said.environment),
            ("Written in", said.source),
            ("User", said.user_id),
            ("User agent", said.user_agent),
            ("SDK", said.sdk_name),
        )
        return [(label, value) for label, value in known if value]


def one_page(request: HttpRequest, viewer: Viewer, feedback_id: str) -> HttpResponse:
    """The page."""
    said, project = visible_feedback(viewer, feedback_id)
    mine = viewer.visible.only([project.pk])
    context = OneContext(
        said=said,
        project=project,
        files=[
            FileShown(file=one, is_shown=one.is_image and one.size_bytes <= _MOST_INLINE_BYTES)
            for one in _files(viewer, said)
        ],
        about=find_anything(mine, said.event_id) if said.event_id else None,
        has_trace=bool(said.trace_id) and has_spans(said.trace_id, viewer.visible),
        replay=_replay(viewer, said, project),
        statuses=[(value, label) for value, label in FeedbackStatus.choices],
        members=members_for([said], {project.pk: project}, viewer.user),
        may_change=viewer.may(Action.TRIAGE, project),
    )
    return show(request, "pages/feedback/one.html", context, section="feedback")


def attachment(
    request: HttpRequest, viewer: Viewer, feedback_id: str, feedback_file_id: str
) -> HttpResponse:
    """A file that came with it, as a download that cannot act in the browser."""
    said, project = visible_feedback(viewer, feedback_id)
    known = next((one for one in _files(viewer, said) if one.id == feedback_file_id), None)
    if known is None:
        raise Http404("no such attachment")
    body = reading.read_attachment(viewer.visible, project, said.id, known.id)
    if body is None:
        raise Http404("the attachment is gone")
    response = HttpResponse(body, content_type=safe_type(body))
    response["Content-Disposition"] = f'attachment; filename="{safe_name(known.name)}"'
    response["Content-Security-Policy"] = SANDBOX_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def visible_feedback(viewer: Viewer, feedback_id: str) -> tuple[Said, Project]:
    """The feedback and its project. Raises Http404 unless the viewer may see it."""
    projects = {one.pk: one for one in viewer.projects}
    for said in find(viewer.visible, [feedback_id]):
        if said.project_id in projects:
            return said, projects[said.project_id]
    raise Http404("no such feedback")


def _replay(viewer: Viewer, said: Said, project: Project) -> Watchable | None:
    """The replay, from the moment on when it was sent."""
    mine = viewer.visible.only([project.pk])
    row = find_row(mine, said.replay_id) if said.replay_id else None
    if row is None:
        return None
    return watchable(viewer.reference(project), row, said.at.timestamp() * 1000)


def _files(viewer: Viewer, said: Said) -> list[Attachment]:
    """Images first."""
    found = attachments_of(viewer.visible.only([said.project_id]), said.id, micros(said.at))
    return sorted(found[:_MOST_FILES], key=lambda one: not one.is_image)


ROUTES = (
    Route(path="feedback/<feedback_id>/", name="feedback-one", view=one_page),
    Route(
        path="feedback/<feedback_id>/attachments/<feedback_file_id>/",
        name="feedback-attachment",
        view=attachment,
    ),
)
