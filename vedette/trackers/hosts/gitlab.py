"""GitLab, in the cloud or self-managed: REST API v4."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from vedette.channels._words import inert
from vedette.connections import Field
from vedette.trackers.hosts import Draft, RemoteIssue, Session, TrackerHost
from vedette.trackers.hosts._http import call, comment
from vedette.trackers.hosts._numbered import Names, just_before, marked, parts
from vedette.trackers.hosts._reading import mapping, needed
from vedette.trackers.hosts._signing import HOOK_SECRET, LABELS, body_of, check_token

_URL = "https://gitlab.com"
_PLACE = re.compile(r"[\w.-]{1,200}(?:/[\w.-]{1,200}){1,20}")
_SHORT = re.compile(r"(?:([\w./-]{3,400})?#)?(\d{1,12})")
_PATH = re.compile(r"/([\w./-]{3,400})/-/(?:issues|work_items)/(\d{1,12})/?")
_MOST_TITLE = 255
_MOST_BODY = 200_000
_NAMES = Names(number="iid", url="web_url", text="description", open="opened")


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """The project's form."""
    if not _PLACE.fullmatch(settings.get("repository", "")):
        return {"repository": "write group/project"}
    return {}


def probe(session: Session) -> str:
    """The project."""
    found = mapping(_call(session, "GET", _project(session.settings["repository"])))
    return f"{needed(found, 'path_with_namespace')} can be reached."


def create(session: Session, draft: Draft) -> RemoteIssue:
    """`POST /projects/:id/issues`."""
    sent: dict[str, Any] = {
        "title": inert(draft.title)[:_MOST_TITLE],  # GitLab reads mentions in titles as well
        "description": marked(draft, most=_MOST_BODY),
    }
    if draft.labels:
        sent["labels"] = ",".join(draft.labels)
    made = _call(session, "POST", f"{_project(draft.place)}/issues", sent)
    return _NAMES.issue(made, draft.place)


def find(session: Session, draft: Draft, since: datetime) -> RemoteIssue | None:
    """The one that carries the marker, among those of the project since then."""
    asked = {"scope": "all", "order_by": "created_at", "created_after": just_before(since)}
    path = f"{_project(draft.place)}/issues"
    return _NAMES.find(
        lambda page: _call(session, "GET", f"{path}?{urlencode({**asked, **page})}"), draft
    )


def read(session: Session, key: str) -> RemoteIssue:
    """`GET /projects/:id/issues/:iid`."""
    place, number = parts(key)
    return _NAMES.issue(_call(session, "GET", f"{_project(place)}/issues/{number}"), place)


def turn(session: Session, key: str, is_open: bool, said: str) -> None:
    """`PUT` a state event, then say why."""
    place, number = parts(key)
    path = f"{_project(place)}/issues/{number}"
    _call(session, "PUT", path, {"state_event": "reopen" if is_open else "close"})
    if said:
        comment(lambda: _call(session, "POST", f"{path}/notes", {"body": said}))


def key_of(settings: Mapping[str, str], text: str) -> str:
    """`group/project#12`, of an address or in short."""
    text = text.strip()
    if "://" in text:
        path = _below(settings, text)
        found = _PATH.fullmatch(path)
        if found is None or not _PLACE.fullmatch(found[1]):
            raise ValueError(f"{text[:200]} is no issue of {settings.get('url') or _URL}")
        return f"{found[1]}#{found[2]}"
    short = _SHORT.fullmatch(text)
    place = (short[1] if short else "") or settings.get("repository", "")
    if short is None or not _PLACE.fullmatch(place):
        raise ValueError("write its address, or group/project#12")
    return f"{place}#{short[2]}"


def heard(secret: str, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Issue events, proved by `X-Gitlab-Token`."""
    check_token(secret, headers.get("x-gitlab-token", ""))
    found = body_of(body)
    number = mapping(found.get("object_attributes")).get("iid")
    place = mapping(found.get("project")).get("path_with_namespace")
    if found.get("object_kind") != "issue" or not isinstance(number, int):
        return []
    return [f"{place}#{number}"]


def _call(session: Session, method: str, path: str, body: Any = None) -> Any:
    base = (session.settings.get("url") or _URL).rstrip("/")
    headers = {"private-token": session.settings["token"]}
    return call(session.fetcher, method, f"{base}/api/v4{path}", headers, body)


def _project(place: str) -> str:
    return f"/projects/{quote(place, safe='')}"


def _below(settings: Mapping[str, str], address: str) -> str:
    """The path of an address below that of the server, which may lie below a path itself."""
    base, asked = urlsplit(settings.get("url") or _URL), urlsplit(address)
    prefix = base.path.rstrip("/")
    if asked.hostname != base.hostname or not asked.path.startswith(f"{prefix}/"):
        return ""
    return asked.path.removeprefix(prefix)


HOST = TrackerHost(
    name="gitlab",
    label="GitLab",
    help="Issues of a project. The token needs the scope api.",
    hook_help="In the project: Settings, Webhooks. Trigger: Issues events. The secret is its "
    "Secret token.",
    fields=(
        Field(name="repository", label="Project", help="group/project"),
        Field(
            name="token",
            label="Token",
            help="A project access token with the role Reporter and the scope api.",
            is_secret=True,
        ),
        LABELS,
        Field(
            name="url",
            label="Address",
            help="Of your own server",
            is_needed=False,
            default=_URL,
            is_address=True,
        ),
        HOOK_SECRET,
    ),
    place="repository",
    check=check,
    probe=probe,
    find=find,
    create=create,
    read=read,
    turn=turn,
    key_of=key_of,
    heard=heard,
)
