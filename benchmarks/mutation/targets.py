"""Good requests to everything that is found: pages, API, live streams, assets, status."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from benchmarks.mutation import bodies
from benchmarks.mutation.request import Request
from benchmarks.mutation.seeds import MULTIPART

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_FORMS: tuple[dict[str, str], ...] = (
    {"status": "resolved", "issue": "1", "next": "/issues/"},
    {"do": "member"},
    {"do": "all"},
    {"do": "on", "code": "123456"},
    {"email": "member@example.com", "password": "x", "next": "/"},
    {"email": "new@example.com", "role": "member"},
    {"name": "A name", "platform": "python", "organization": "my-organization"},
    {"strict": "on", "sensitive_fields": "a\nb", "origins": "a.example", "networks": "10.0.0.0/8"},
    {"form": "members", "member": "1"},
    {"active": "no", "theme": "dark", "next": "/issues/?a=b"},
    {"scopes": "event:read", "name": "t", "valid_days": "3"},
    {"code": "123456", "name": "x", "old_password": "a", "new_password": "b" * 12},
)


@dataclass
class Places:
    """What stands for the parts of paths: what exists, of several kinds."""

    project: dict[str, str]
    victim: dict[str, str]
    issues: list[str] = field(default_factory=lambda: ["1"])
    events: list[str] = field(default_factory=lambda: ["latest", "oldest", "a" * 32])
    values: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, chance: Random, path: str) -> str:
        """The path with something that exists for each part, mostly."""
        return _PARAMETER.sub(lambda found: self._value(chance, found[1]), path)

    def _value(self, chance: Random, name: str) -> str:
        if name in ("issue_id", "issue"):
            return chance.choice(self.issues)
        if name in ("event_id", "event"):
            return chance.choice(self.events)
        if name in ("slug", "project"):
            return chance.choice((self.victim["project"], self.project["project"]))
        known = {
            "organization": [self.project["organization"]],
            "organization_slug": [self.project["organization"]],
            "short_id": [self.project["project"].upper() + "-1"],
            "key": ["level", "browser", "url", "environment"],
            "tree": ["x"],
            "name": ["app.css", "layout/x-frame.js", "../../settings.py"],
            "rest": ["projects/", "users/me/"],
        }
        return chance.choice(known.get(name) or self.values.get(name) or ["1"])


Maker = Callable[[Random], Request]


def found_routes(places: Places) -> dict[str, list[Maker]]:
    """A maker for each page and API route of the URL resolver, and for what lies beside it."""
    from django.urls import URLPattern, URLResolver

    from vedette.web.urls import urlpatterns

    def walk(patterns: list[Any], before: str) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, before + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                text = str(pattern.pattern).replace("^(?P<rest>.*)$", "<rest>")
                yield before + text

    made: dict[str, list[Maker]] = {"API": [], "pages": []}
    for path in walk(list(urlpatterns), ""):
        group = "API" if path.startswith("api/0/") else "pages"
        made[group].append(_page(places, group, "/" + path))
    status = ("/-/health", "/-/ready", "/-/metrics", "/-/live", "/-/", "/-/x", "/x/-/health")
    made["status"] = [_page(places, "status", path) for path in status]
    fragments = ("/issues/new-events/?since=0", "/outcomes/", "/projects/1/arrival/", "//x", "")
    made["live"] = [_live(fragment) for fragment in fragments]
    return made


def _page(places: Places, group: str, path: str) -> Maker:
    def make(chance: Random) -> Request:
        request = Request(group, "GET", places.fill(chance, path))
        if chance.random() < 0.35:
            request.method = chance.choice(("POST", "POST", "PUT", "DELETE"))
            _fill_body(chance, request, is_form=group == "pages")
        return request

    return make


def _fill_body(chance: Random, request: Request, *, is_form: bool) -> None:
    """A form for a page, now and then as multipart; JSON for the API."""
    values: dict[str, Any] = {}
    for form in chance.sample(_FORMS, 2):
        values |= form
    if chance.random() < 0.6:
        values = bodies.wrong_types(chance, dict(values), chance.randint(1, 3))
    if not is_form:
        request.header("Content-Type", "application/json")
        request.body = bodies.dumped(values)
    elif not isinstance(values, dict) or chance.random() < 0.2:
        request.header("Content-Type", "multipart/form-data; boundary=b")
        request.body = MULTIPART.replace(b'name="sentry"', b'name="do"')
    else:
        request.header("Content-Type", "application/x-www-form-urlencoded")
        request.body = urlencode(values, doseq=True, errors="replace").encode()


def _live(fragment: str) -> Maker:
    return lambda chance: Request("live", "GET", "/live/", [("src", fragment)])
