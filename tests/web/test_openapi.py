"""The OpenAPI document says what the routes do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.web.walk import API_PATTERNS
from tests.web.world import World


@pytest.fixture
def document(world: World, nobody: Client) -> dict[str, Any]:
    """The document, which needs no token."""
    found: dict[str, Any] = nobody.get("/api/0/openapi.json").json()
    return found


def test_every_route_is_described(document: dict[str, Any]) -> None:
    """With its methods, path parameters and scopes."""
    assert len(document["paths"]) == len(API_PATTERNS)
    issue = document["paths"]["/api/0/organizations/{organization}/issues/{issue}/"]
    assert [one["name"] for one in issue["parameters"]] == ["organization", "issue"]
    assert "event:write" in issue["put"]["security"][0]["token"]
    assert "event:read" in issue["get"]["security"][0]["token"]
    assert issue["get"]["summary"]


def test_parameters_and_bodies_have_their_bounds(document: dict[str, Any]) -> None:
    """What the types say, under the names that clients use."""
    issues = document["paths"]["/api/0/organizations/{organization}/issues/"]["get"]
    known = {one["name"]: one["schema"] for one in issues["parameters"]}
    assert {"query", "statsPeriod", "per_page", "cursor"} <= set(known)
    assert "freq" in known["sort"]["enum"]
    put = document["paths"]["/api/0/issues/{issue}/"]["put"]
    assert put["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith(
        "StatusChange"
    )
    assert "StatusChange" in document["components"]["schemas"]
