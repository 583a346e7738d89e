"""GitHub, in the cloud or an Enterprise Server: REST API v3 of 2022-11-28.

New issues are looked up in the repository's list: the search of GitHub lags behind by minutes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from vedette.connections import Field
from vedette.trackers.errors import Vanished
from vedette.trackers.hosts import Draft, RemoteIssue, Session, TrackerHost
from vedette.trackers.hosts._http import call, comment
from vedette.trackers.hosts._numbered import Names, just_before, marked, parts
from vedette.trackers.hosts._reading import mapping, needed
from vedette.trackers.hosts._signing import HOOK_SECRET, LABELS, body_of, check_hmac

_API = "https://api.github.com"
_NAME = r"(?=[.-]*\w)[\w.-]{1,100}"  # never a step upwards
_PLACE = re.compile(rf"{_NAME}/{_NAME}")
_SHORT = re.compile(rf"({_NAME}/{_NAME})?#?(\d{{1,12}})")
_PATH = re.compile(rf"/({_NAME}/{_NAME})/issues/(\d{{1,12}})/?")
_MOST_TITLE = 256
_MOST_BODY = 65_000
_NAMES = Names(number="number", url="html_url", text="body", open="open")


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """The repository's form."""
    if not _PLACE.fullmatch(settings.get("repository", "")):
        return {"repository": "write owner/name"}
    return {}


def probe(session: Session) -> str:
    """The repository, and whether it takes issues."""
    place = session.settings["repository"]
    found = mapping(_call(session, "GET", f"/repos/{place}"))
    if found.get("has_issues") is False:
        raise Vanished(f"{place} takes no issues: they are switched off in its settings")
    return f"{needed(found, 'full_name')} can be reached."


def create(session: Session, draft: Draft) -> RemoteIssue:
    """`POST /repos/{owner}/{repo}/issues`."""
    sent: dict[str, Any] = {
        "title": draft.title[:_MOST_TITLE],
        "body": marked(draft, most=_MOST_BODY),
    }
    if draft.labels:
        sent["labels"] = list(draft.labels)
    return _NAMES.issue(_call(session, "POST", f"/repos/{draft.place}/issues", sent), draft.place)


def find(session: Session, draft: Draft, since: datetime) -> RemoteIssue | None:
    """The one that carries the marker, among those of the repository since then."""
    asked = {"state": "all", "sort": "created", "direction": "desc", "since": just_before(since)}
    path = f"/repos/{draft.place}/issues"
    return _NAMES.find(
        lambda page: _call(session, "GET", f"{path}?{urlencode({**asked, **page})}"), draft
    )


def read(session: Session, key: str) -> RemoteIssue:
    """`GET /repos/{owner}/{repo}/issues/{number}`."""
    place, number = parts(key)
    return _NAMES.issue(_call(session, "GET", f"/repos/{place}/issues/{number}"), place)


def turn(session: Session, key: str, is_open: bool, said: str) -> None:
    """`PATCH` its state, then say why."""
    place, number = parts(key)
    path = f"/repos/{place}/issues/{number}"
    state = {"state": "open", "state_reason": "reopened"}
    if not is_open:
        state = {"state": "closed", "state_reason": "completed"}
    _call(session, "PATCH", path, state)
    if said:
        comment(lambda: _call(session, "POST", f"{path}/comments", {"body": said}))


def key_of(settings: Mapping[str, str], text: str) -> str:
    """`owner/name#12`, of an address or in short."""
    text = text.strip()
    if "://" in text:
        address = urlsplit(text)
        found = _PATH.fullmatch(address.path)
        if address.hostname != _web_host(settings) or found is None:
            raise ValueError(f"{text[:200]} is no issue of {_web_host(settings)}")
        return f"{found[1]}#{found[2]}"
    short = _SHORT.fullmatch(text)
    if short is None:
        raise ValueError("write its address, or owner/name#12")
    return f"{short[1] or settings.get('repository', '')}#{short[2]}"


def heard(secret: str, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Events `issues`, signed by `X-Hub-Signature-256`."""
    check_hmac(secret, body, headers.get("x-hub-signature-256", ""))
    found = body_of(body)
    number = mapping(found.get("issue")).get("number")
    place = mapping(found.get("repository")).get("full_name")
    if headers.get("x-github-event") != "issues" or not isinstance(number, int):
        return []
    return [f"{place}#{number}"]


def _call(session: Session, method: str, path: str, body: Any = None) -> Any:
    headers = {
        "accept": "application/vnd.github+json",
        "authorization": f"Bearer {session.settings['token']}",
        "x-github-api-version": "2022-11-28",
    }
    base = session.settings.get("url") or _API
    return call(session.fetcher, method, base.rstrip("/") + path, headers, body)


def _web_host(settings: Mapping[str, str]) -> str:
    """Where people read issues: the API of the cloud is beside it, that of a server below it."""
    host = urlsplit(settings.get("url") or _API).hostname or ""
    return host.removeprefix("api.")


HOST = TrackerHost(
    name="github",
    label="GitHub",
    help="Issues of a repository. The token needs to read and write issues.",
    hook_help="In the repository: Settings, Webhooks. Content type application/json; of the "
    "events, Issues.",
    fields=(
        Field(name="repository", label="Repository", help="owner/name"),
        Field(
            name="token",
            label="Token",
            help="A fine-grained token with the permission Issues: read and write.",
            is_secret=True,
        ),
        LABELS,
        Field(
            name="url",
            label="Address of the API",
            help="Of an Enterprise Server https://HOST/api/v3",
            is_needed=False,
            default=_API,
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
