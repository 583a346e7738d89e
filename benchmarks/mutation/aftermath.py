"""What must hold afterwards: controls stored once and right, every page of every event a 200."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from benchmarks.mutation.wire import Answer, ask
from tests.flow.product import Product

_AT_ONCE = 4
_FINGERPRINT = "the controls of this run"


def control(number: int) -> tuple[str, bytes]:
    """A good event whose every word is known, and its id."""
    event_id = uuid.uuid5(uuid.NAMESPACE_OID, f"control {number}").hex
    event = {
        "event_id": event_id,
        "message": f"control {number}",
        "fingerprint": [_FINGERPRINT],
        "tags": {"control": f"number {number}"},
        "user": {"id": str(number)},
        "extra": {"list": [1, {"two": [number]}], "text": "ß\u2028\U0001f600"},
    }
    return event_id, json.dumps(event).encode()


class Aftermath:
    """Looks at the product as the owner; collects what is wrong, in words."""

    def __init__(self, product: Product, cookie: str, token: str) -> None:
        self._product = product
        self._cookie = f"Cookie: {cookie}\r\n"
        self._bearer = f"Authorization: Bearer {token}\r\n"
        self.wrong: list[str] = []
        self.opened = 0

    async def check_controls(self, organization: str, slug: str, numbers: Iterable[int]) -> None:
        """Each is there once, and says what was sent."""
        path = f"/api/0/organizations/{organization}/issues/?query="
        _, found = await self._json(path + quote('message:"control *"') + "&limit=100")
        issues = [one["id"] for one in found if one["title"].startswith("control ")]
        ids: Counter[str] = Counter()
        async for event in self._events_of(issues):
            ids[event] += 1
        wanted = {control(number)[0]: number for number in numbers}
        self.wrong += [
            f"control {wanted[one]}: stored {ids[one]} times" for one in wanted if ids[one] != 1
        ]
        await self._each(
            self._check_control(f"/api/0/projects/{organization}/{slug}/events/{one}/json/", number)
            for one, number in wanted.items()
        )

    async def open_everything(self, most_issues: int, most_events: int) -> None:
        """All pages and resources of each issue and of its newest events, of so many at most."""
        from vedette.issues.models import Issue

        held = Issue.objects.exclude(project__organization__slug="controls")
        held = held.select_related("project__organization").order_by("?")[:most_issues]
        issues = await asyncio.to_thread(lambda: list(held))
        await self._each(self._open_issue(issue, most_events) for issue in issues)

    async def _open_issue(self, issue: Any, most_events: int) -> None:
        project = issue.project
        organization = project.organization.slug
        paths = [f"/issues/{issue.pk}/", f"/issues/{issue.pk}/events/"]
        below = f"/api/0/organizations/{organization}/issues/{issue.pk}/"
        paths += [below, f"{below}events/?full=true", f"{below}hashes/", f"{below}tags/"]
        count = 0
        async for event in self._events_of([issue.pk]):
            count += 1
            if count > most_events:
                break
            page = f"/issues/{issue.pk}/events/{event}/"
            resource = f"/api/0/projects/{organization}/{project.slug}/events/{event}/"
            paths += [page, f"{page}json/", resource, f"{resource}json/"]
            status, files = await self._json(f"{resource}attachments/")
            if status != 200:
                self.wrong.append(f"{resource}attachments/: {status}")
                continue
            for file in [one["id"] for one in files]:
                paths += [f"{page}attachments/{file}/", f"{resource}attachments/{file}/?download=1"]
        if not count:
            self.wrong.append(f"issue {issue.pk} has no events")
        for path in paths:
            await self._open(path)

    async def _check_control(self, path: str, number: int) -> None:
        status, found = await self._json(path)
        sent = json.loads(control(number)[1])
        if status != 200 or any(found.get(name) != sent[name] for name in ("extra", "fingerprint")):
            self.wrong.append(f"control {number}: {status} {str(found)[:300]}")
        elif f"control {number}" not in json.dumps(found):
            self.wrong.append(f"control {number}: another message")

    async def _events_of(self, issues: Iterable[object]) -> AsyncIterator[str]:
        for issue in issues:
            path = f"/api/0/issues/{issue}/events/?limit=100"
            while path:
                answer = await self._get(path)
                if answer.status != 200:
                    self.wrong.append(f"{path}: {answer.status}")
                    return
                for event in json.loads(answer.body):
                    yield event["eventID"]
                path = _following(answer)

    async def _json(self, path: str) -> tuple[int, Any]:
        answer = await self._get(path)
        try:
            return answer.status, json.loads(answer.body)
        except ValueError:
            return answer.status, {}

    async def _open(self, path: str) -> None:
        answer = await self._get(path)
        self.opened += 1
        if answer.status != 200:
            self.wrong.append(f"{path}: {answer.status} {answer.fault} {answer.body[:200]!r}")

    async def _get(self, path: str) -> Answer:
        who = self._bearer if path.startswith("/api/") else self._cookie
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{who}\r\n"
        return await ask(self._product.port, head.encode())

    async def _each(self, works: Iterable[Any]) -> None:
        """Do them, some at once."""
        waiting: Iterator[Any] = iter(works)

        async def work() -> None:
            for one in waiting:
                await one

        await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


def _following(answer: Answer) -> str:
    """The path of the next page, or nothing."""
    for line in answer.head.decode("latin-1").split("\r\n"):
        if line.lower().startswith("link:"):
            for link in line.split(", <"):
                if 'rel="next"' in link and 'results="true"' in link:
                    address = link.partition("<")[2] if "<" in link else link
                    return "/" + address.partition(">")[0].split("/", 3)[3]
    return ""
