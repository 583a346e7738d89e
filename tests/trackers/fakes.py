"""Trackers on loopback that keep issues as the documented APIs say, and refuse other shapes."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from tests.sink import Received, Reply

TOKEN = "t0ken-of-the-tracker"  # noqa: S105 - made up
EMAIL = "ada@example.com"


class FakeTracker:
    """Issues by number; `fail` is answered instead, once for each of its replies.

    With `is_deaf` a request has its effect, and its answer is lost.
    """

    def __init__(self) -> None:
        self.issues: dict[int, dict[str, Any]] = {}
        self.comments: list[str] = []
        self.fail: list[Reply] = []
        self.is_deaf = False
        self.url = ""

    def __call__(self, received: Received) -> Reply:
        if self.fail:
            return self.fail.pop(0)
        status, body = self.answer(received)
        if self.is_deaf and received.method == "POST":
            return Reply(status=502, body=b"gone")
        return Reply(status=status, body=json.dumps(body).encode() if body is not None else b"")

    def answer(self, received: Received) -> tuple[int, Any]:
        raise NotImplementedError

    def is_open(self, number: int = 1) -> bool:
        raise NotImplementedError

    def turn(self, number: int, *, is_open: bool) -> None:
        raise NotImplementedError


class FakeGitHub(FakeTracker):
    """https://docs.github.com/en/rest/issues, version 2022-11-28."""

    def answer(self, received: Received) -> tuple[int, Any]:
        headers, parts = received.headers, urlsplit(received.path)
        assert headers["authorization"] == f"Bearer {TOKEN}"
        assert headers["accept"] == "application/vnd.github+json"
        assert headers["x-github-api-version"] == "2022-11-28"
        assert headers["user-agent"]
        match [received.method, *parts.path.strip("/").split("/")]:
            case ["GET", "repos", "lantern", "shop"]:
                return 200, {"full_name": "lantern/shop", "has_issues": True}
            case ["POST", "repos", "lantern", "shop", "issues"]:
                return 201, self._create(received.json)
            case ["GET", "repos", "lantern", "shop", "issues"]:
                asked = parse_qs(parts.query)
                assert asked["state"] == ["all"]
                assert asked["since"][0].endswith("Z")
                return 200, list(self.issues.values())[::-1]
            case ["GET", "repos", "lantern", "shop", "issues", number]:
                held = self.issues.get(int(number))
                return (200, held) if held else (404, {"message": "Not Found"})
            case ["PATCH", "repos", "lantern", "shop", "issues", number]:
                body = received.json
                assert body["state"] in ("open", "closed")
                assert body["state_reason"] in ("completed", "reopened")
                self.issues[int(number)]["state"] = body["state"]
                return 200, self.issues[int(number)]
            case ["POST", "repos", "lantern", "shop", "issues", _number, "comments"]:
                self.comments.append(received.json["body"])
                return 201, {"id": 1}
        return 404, {"message": "Not Found"}

    def _create(self, body: Any) -> Any:
        assert set(body) <= {"title", "body", "labels"}
        assert 0 < len(body["title"]) <= 256
        assert len(body["body"]) < 65_536
        number = len(self.issues) + 1
        self.issues[number] = {
            "number": number,
            "title": body["title"],
            "body": body["body"],
            "labels": body.get("labels", []),
            "state": "open",
            "html_url": f"https://github.example/lantern/shop/issues/{number}",
        }
        return self.issues[number]

    def is_open(self, number: int = 1) -> bool:
        return bool(self.issues[number]["state"] == "open")

    def turn(self, number: int, *, is_open: bool) -> None:
        self.issues[number]["state"] = "open" if is_open else "closed"


class FakeGitLab(FakeTracker):
    """https://docs.gitlab.com/ee/api/issues.html."""

    def answer(self, received: Received) -> tuple[int, Any]:
        assert received.headers["private-token"] == TOKEN
        parts = urlsplit(received.path)
        steps = parts.path.strip("/").split("/")
        assert steps[:3] == ["api", "v4", "projects"]
        assert unquote(steps[3]) == "lantern/shop"
        assert "%2F" in steps[3]
        match [received.method, *steps[4:]]:
            case ["GET"]:
                return 200, {"path_with_namespace": "lantern/shop"}
            case ["POST", "issues"]:
                body = received.json
                assert set(body) <= {"title", "description", "labels"}
                assert isinstance(body.get("labels", ""), str)
                number = len(self.issues) + 1
                self.issues[number] = {
                    "iid": number,
                    "title": body["title"],
                    "description": body["description"],
                    "state": "opened",
                    "web_url": f"{self.url}/lantern/shop/-/issues/{number}",
                }
                return 201, self.issues[number]
            case ["GET", "issues"]:
                asked = parse_qs(parts.query)
                assert asked["scope"] == ["all"]
                assert asked["created_after"][0].endswith("Z")
                return 200, list(self.issues.values())[::-1]
            case ["GET", "issues", number]:
                held = self.issues.get(int(number))
                return (200, held) if held else (404, {"message": "404 Not found"})
            case ["PUT", "issues", number]:
                event = received.json["state_event"]
                assert event in ("close", "reopen")
                self.issues[int(number)]["state"] = "closed" if event == "close" else "opened"
                return 200, self.issues[int(number)]
            case ["POST", "issues", _number, "notes"]:
                self.comments.append(received.json["body"])
                return 201, {"id": 1}
        return 404, {"message": "404 Not Found"}

    def is_open(self, number: int = 1) -> bool:
        return bool(self.issues[number]["state"] == "opened")

    def turn(self, number: int, *, is_open: bool) -> None:
        self.issues[number]["state"] = "opened" if is_open else "closed"


class FakeJira(FakeTracker):
    """https://developer.atlassian.com/cloud/jira/platform/rest/v2/."""

    search: ClassVar[list[str]] = ["jql"]

    def answer(self, received: Received) -> tuple[int, Any]:
        self._check_token(received)
        parts = urlsplit(received.path)
        match [received.method, *parts.path.removeprefix("/rest/api/2/").split("/")]:
            case ["GET", "project", "SHOP"]:
                return 200, {"key": "SHOP", "issueTypes": [{"name": "Bug"}, {"name": "Task"}]}
            case ["POST", "issue"]:
                return 201, self._create(received.json["fields"])
            case ["GET", "search", *rest] if rest == self.search:
                jql = parse_qs(parts.query)["jql"][0]
                rows = [
                    self._shown(number)
                    for number, held in self.issues.items()
                    if any(f'labels = "{label}"' in jql for label in held["labels"])
                ]
                return 200, {"issues": rows}
            case ["GET", "issue", key]:
                number = int(key.removeprefix("SHOP-"))
                if number not in self.issues:
                    return 404, {"errorMessages": ["Issue does not exist"]}
                return 200, self._shown(number)
            case ["GET", "issue", _key, "transitions"]:
                return 200, {
                    "transitions": [_step("11", "To Do", "new"), _step("31", "Done", "done")]
                }
            case ["POST", "issue", key, "transitions"]:
                done = received.json["transition"]["id"] == "31"
                self.issues[int(key.removeprefix("SHOP-"))]["done"] = done
                return 204, None
            case ["POST", "issue", _key, "comment"]:
                assert isinstance(received.json["body"], str)  # version 3 would want a document
                self.comments.append(received.json["body"])
                return 201, {"id": "1"}
        return 404, {"errorMessages": ["Not Found"]}

    def _check_token(self, received: Received) -> None:
        kind, _, given = received.headers["authorization"].partition(" ")
        assert kind == "Basic"
        assert b64decode(given).decode() == f"{EMAIL}:{TOKEN}"

    def _create(self, fields: Any) -> Any:
        assert fields["project"] == {"key": "SHOP"}
        assert fields["issuetype"] == {"name": "Bug"}
        assert 0 < len(fields["summary"]) < 255
        assert "\n" not in fields["summary"]
        assert isinstance(fields["description"], str)
        assert not any(" " in label for label in fields["labels"])
        number = len(self.issues) + 1
        self.issues[number] = {
            "title": fields["summary"],
            "body": fields["description"],
            "labels": fields["labels"],
            "done": False,
        }
        return {"id": "10000", "key": f"SHOP-{number}"}

    def _shown(self, number: int) -> Any:
        held = self.issues[number]
        status = _step("", "Done", "done") if held["done"] else _step("", "To Do", "new")
        return {
            "key": f"SHOP-{number}",
            "fields": {"summary": held["title"], "status": status["to"]},
        }

    def is_open(self, number: int = 1) -> bool:
        return not self.issues[number]["done"]

    def turn(self, number: int, *, is_open: bool) -> None:
        self.issues[number]["done"] = not is_open


class FakeJiraServer(FakeJira):
    """Data Center: a personal access token, and the search that the cloud has no more."""

    search: ClassVar[list[str]] = []

    def _check_token(self, received: Received) -> None:
        assert received.headers["authorization"] == f"Bearer {TOKEN}"


def _step(pk: str, name: str, category: str) -> dict[str, Any]:
    return {"id": pk, "name": name, "to": {"name": name, "statusCategory": {"key": category}}}


FAKES: dict[str, type[FakeTracker]] = {
    "github": FakeGitHub,
    "gitlab": FakeGitLab,
    "jira": FakeJira,
    "jira-server": FakeJiraServer,
}
ENTRIES: dict[str, dict[str, Any]] = {
    "github": {"repository": "lantern/shop", "labels": "bug, from vedette"},
    "gitlab": {"repository": "lantern/shop", "labels": "bug, from vedette"},
    "jira": {"project": "SHOP", "email": EMAIL, "labels": "bug, from vedette"},
    "jira-server": {"kind": "jira", "project": "SHOP", "labels": "bug, from vedette"},
}
KEYS = {
    "github": "lantern/shop#1",
    "gitlab": "lantern/shop#1",
    "jira": "SHOP-1",
    "jira-server": "SHOP-1",
}
