"""Which paths belong to the door, with every spelling that clients use.

With and without trailing slash, with doubled slashes, below a path prefix. OpenTelemetry's own
`/v1/traces` names no project: the key does.
Source: protocol, section 1.2.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_SLASHES = re.compile(r"/{2,}")
_ROUTE = re.compile(
    r"/v1/(?P<bare>traces|logs|metrics)/?\Z"
    r"|/api/(?P<embed>embed)/error-page/?\Z"
    r"|/api/feedback/(?P<form_key>[0-9a-fA-F]{32})/?\Z"
    r"|/api/0/projects/[^/]+/[^/]+/(?P<report>user-feedback|user-reports)/?\Z"
    r"|/api/(?:(?P<project>[^/]+)/)?(?:"
    r"(?P<plain>envelope|store|security|csp-report|nel|minidump)(?:(?<=envelope)/tunnel)?"
    r"|unreal/(?P<unreal_key>[^/]+)"
    r"|events/(?P<event_id>[^/]+)/(?P<attachments>attachments)"
    r"|(?P<cron>cron)/(?P<slug>[^/]+)(?:/(?P<cron_key>[0-9a-fA-F]{32}))?"
    r"|(?P<beat>heartbeat)/(?P<job>[^/]+)/(?P<beat_key>[0-9a-fA-F]{32})"
    r"(?:/(?P<signal>start|success|fail|log|[0-9]{1,3}))?"
    r"|(?:integration/)?otlp/v1/(?P<otlp>traces|logs|metrics)"
    r")/?\Z"
)


_POST_ONLY = frozenset(
    {"feedback", "envelope", "security", "nel", "minidump", "unreal", "attachments", "otlp"}
)


class Route(NamedTuple):
    """Where a request goes: the endpoint's name and what the path says."""

    endpoint: str
    project: str
    path_key: str = ""
    argument: str = ""


@lru_cache(maxsize=4096)
def match(path: str, prefix: str = "") -> Route | None:
    """The door's route for a path, or None if the path is not the door's."""
    if len(path) > 512:
        return None
    path = _SLASHES.sub("/", path)
    if prefix and path.startswith(prefix + "/"):
        path = path[len(prefix) :]
    found = _ROUTE.match(path)
    if found is None:
        return None
    project = found["project"] or ""
    if project == "0":
        if not (found["cron_key"] or found["beat_key"]):
            return None
        project = ""  # as Sentry's own documents once wrote it: the key knows
    return _with_argument(found, project) or _plain(found, project)


def is_of_pages(route: Route, method: str) -> bool:
    """Whether this method of a shared path is asked of the pages: reading what was reported."""
    return route.endpoint == "report" and method in ("GET", "HEAD", "PUT", "PATCH", "DELETE")


def takes(endpoint: str, method: str) -> bool:
    """Whether an endpoint is asked by this method."""
    if method == "POST" or (method == "HEAD" and endpoint == "heartbeat"):
        return True
    return method == "GET" and endpoint not in _POST_ONLY


def _with_argument(found: re.Match[str], project: str) -> Route | None:
    """The route of a path that says more than its project."""
    if found["embed"]:
        return Route("embed", "")
    if found["form_key"]:
        return Route("feedback", "", found["form_key"])
    if found["report"]:
        return Route("report", "")
    if found["unreal_key"]:
        return Route("unreal", project, found["unreal_key"])
    if found["attachments"]:
        return Route("attachments", project, argument=found["event_id"])
    if found["cron"]:
        return Route("cron", project, found["cron_key"] or "", found["slug"])
    if found["beat"]:
        argument = f"{found['job']}/{found['signal'] or 'success'}"
        return Route("heartbeat", project, found["beat_key"], argument)
    if signal := found["otlp"] or found["bare"]:
        return Route("otlp", project, argument=signal)
    return None


def _plain(found: re.Match[str], project: str) -> Route | None:
    endpoint = found["plain"]
    if not project and endpoint != "store":
        return None
    return Route("security" if endpoint == "csp-report" else endpoint, project)
