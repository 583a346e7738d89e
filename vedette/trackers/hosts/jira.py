"""Jira Cloud and Data Center, by version 2 of the REST API.

Version 2 is the one that both have: Data Center has no version 3. It takes plain texts in wiki
notation, where version 3 wants a document tree (ADF) for every text.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from vedette.connections import Field
from vedette.trackers.errors import TrackerRefusal
from vedette.trackers.hosts import Draft, RemoteIssue, Session, TrackerHost
from vedette.trackers.hosts._http import call, comment
from vedette.trackers.hosts._reading import mapping, needed, objects, words
from vedette.trackers.hosts._signing import HOOK_SECRET, LABELS, body_of, check_hmac
from vedette.trackers.markup import WIKI

_PLACE = re.compile(r"[A-Z][A-Z0-9_]{1,49}")
_KEY = re.compile(r"([A-Z][A-Z0-9_]{1,49})-(\d{1,12})")
_MOST_TITLE = 254
_MOST_BODY = 30_000  # 32,767 is the most
_ISSUE_TYPE = "Bug"
_FIELDS = "summary,status"


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """The project's key and the address."""
    found = {}
    if not _PLACE.fullmatch(settings.get("project", "")):
        found["project"] = "write the key of the project, such as SHOP"
    if not settings.get("url", "").startswith(("https://", "http://")):
        found["url"] = "write an address: https://yours.atlassian.net"
    return found


def probe(session: Session) -> str:
    """The project, and whether it has issues of that type."""
    place = session.settings["project"]
    found = mapping(_call(session, "GET", f"/project/{place}"))
    types = [words(one, "name") for one in objects(found.get("issueTypes"))]
    wanted = session.settings.get("issue_type") or _ISSUE_TYPE
    if types and wanted not in types:
        raise TrackerRefusal(f"{place} has no issues of type {wanted}, only {', '.join(types)}")
    return f"{needed(found, 'key')} can be reached."


def create(session: Session, draft: Draft) -> RemoteIssue:
    """`POST /issue`, with the marker as a label, then what became of it."""
    fields = {
        "project": {"key": draft.place},
        "issuetype": {"name": draft.issue_type or _ISSUE_TYPE},
        "summary": " ".join(draft.title.split())[:_MOST_TITLE],
        "description": draft.body[:_MOST_BODY],
        "labels": [*(label.replace(" ", "-") for label in draft.labels), _marker(draft)],
    }
    made = mapping(_call(session, "POST", "/issue", {"fields": fields}))
    return read(session, needed(made, "key"))


def find(session: Session, draft: Draft, since: datetime) -> RemoteIssue | None:
    """By the label. The cloud has another search than Data Center, and only that."""
    jql = f'project = "{draft.place}" AND labels = "{_marker(draft)}"'
    path = "/search/jql" if session.settings.get("email") else "/search"
    asked = urlencode({"jql": jql, "fields": _FIELDS, "maxResults": 1})
    rows = objects(mapping(_call(session, "GET", f"{path}?{asked}")).get("issues"))
    return _issue(session, rows[0]) if rows else None


def read(session: Session, key: str) -> RemoteIssue:
    """`GET /issue/{key}`."""
    return _issue(session, _call(session, "GET", f"/issue/{key}?fields={_FIELDS}"))


def turn(session: Session, key: str, is_open: bool, said: str) -> None:
    """The transition that leads to a status of the wanted kind, then say why.

    Raises TrackerRefusal if the workflow has none from where the issue is.
    """
    if read(session, key).is_open != is_open:
        found = mapping(_call(session, "GET", f"/issue/{key}/transitions"))
        wanted = session.settings.get("open_status" if is_open else "closed_status", "")
        chosen = _transition(objects(found.get("transitions")), is_open=is_open, wanted=wanted)
        if chosen is None:
            word = "open it again" if is_open else "close it"
            raise TrackerRefusal(f"the workflow has no step by which {key} would {word}")
        _call(session, "POST", f"/issue/{key}/transitions", {"transition": {"id": chosen}})
    if said:
        comment(lambda: _call(session, "POST", f"/issue/{key}/comment", {"body": said}))


def key_of(settings: Mapping[str, str], text: str) -> str:
    """`SHOP-12`, of an address or in short."""
    text = text.strip()
    if "://" in text:
        base, parts = urlsplit(settings.get("url", "")), urlsplit(text)
        if parts.hostname != base.hostname:
            raise ValueError(f"{text[:200]} is no issue of {base.hostname}")
        text = parts.path.rstrip("/").rpartition("/")[2]
    found = _KEY.fullmatch(text.upper())
    if found is None:
        raise ValueError("write its address, or its key: SHOP-12")
    return found[0]


def heard(secret: str, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Issue events, signed by `X-Hub-Signature`."""
    check_hmac(secret, body, headers.get("x-hub-signature", ""))
    key = mapping(body_of(body).get("issue")).get("key")
    return [key] if isinstance(key, str) and _KEY.fullmatch(key) else []


def _transition(found: list[dict[str, Any]], *, is_open: bool, wanted: str) -> str | None:
    """The id of the one to the wanted status; else of the first that ends or begins the work."""
    fitting = []
    for one in found:
        to = mapping(one.get("to"))
        is_done = words(mapping(to.get("statusCategory")), "key") == "done"
        if is_done is not is_open and one.get("id"):
            fitting.append((words(to, "name"), str(one["id"])))
    named = [pk for name, pk in fitting if name.lower() == wanted.lower()]
    return next(iter(named or [pk for _, pk in fitting]), None)


def _call(session: Session, method: str, path: str, body: Any = None) -> Any:
    settings = session.settings
    if settings.get("email"):
        pair = b64encode(f"{settings['email']}:{settings['token']}".encode()).decode()
        proof = f"Basic {pair}"
    else:
        proof = f"Bearer {settings['token']}"
    base = settings["url"].rstrip("/")
    return call(session.fetcher, method, f"{base}/rest/api/2{path}", {"authorization": proof}, body)


def _issue(session: Session, answer: Any) -> RemoteIssue:
    found = mapping(answer)
    fields = mapping(found.get("fields"))
    status = mapping(fields.get("status"))
    key = needed(found, "key")
    return RemoteIssue(
        key=key,
        url=f"{session.settings['url'].rstrip('/')}/browse/{key}",
        title=words(fields, "summary"),
        is_open=words(mapping(status.get("statusCategory")), "key") != "done",
        status=words(status, "name"),
    )


def _marker(draft: Draft) -> str:
    return f"vedette-{draft.marker}"


HOST = TrackerHost(
    name="jira",
    label="Jira",
    help="Issues of a project, in the cloud or on a server of your own (Data Center).",
    hook_help="In Jira: System, WebHooks. Event: Issue updated. The secret is the one below.",
    fields=(
        Field(name="url", label="Address", help="https://yours.atlassian.net", is_address=True),
        Field(name="project", label="Project", help="Its key, such as SHOP"),
        Field(
            name="email",
            label="Account of the token",
            help="Its e-mail address. Empty for a personal access token of Data Center.",
            is_needed=False,
        ),
        Field(name="token", label="Token", is_secret=True),
        Field(name="issue_type", label="Type of new issues", is_needed=False, default=_ISSUE_TYPE),
        LABELS,
        Field(
            name="closed_status",
            label="Status of what is closed",
            help="Where the workflow has several, such as Done and Won't do.",
            is_needed=False,
        ),
        Field(name="open_status", label="Status of what is opened again", is_needed=False),
        HOOK_SECRET,
    ),
    place="project",
    check=check,
    probe=probe,
    find=find,
    create=create,
    read=read,
    turn=turn,
    key_of=key_of,
    heard=heard,
    settle_seconds=30.0,
    markup=WIKI,
)
