"""The OpenAPI document, made of what the routes declare: actions, parameters, bodies."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.urls import URLPattern

from vedette import __version__
from vedette.access.actions import Action
from vedette.access.scopes import scopes_for
from vedette.web.api.endpoints import Endpoint
from vedette.web.api.typed import Parameters

_PART = re.compile(r"<(?:\w+:)?(\w+)>")
_SCHEMAS = "#/components/schemas/{name}"
_ERRORS = {
    "400": "A parameter or the body cannot be used; `detail` says which and why.",
    "401": "No token, or one that is not good.",
    "403": "The token lacks a scope, or the person the right.",
    "404": "Not there, or not yours.",
}


@cache
def document(patterns: tuple[URLPattern, ...]) -> dict[str, Any]:
    """The document of these routes."""
    paths: dict[str, dict[str, Any]] = {}
    bodies: dict[str, Any] = {}
    for pattern in patterns:
        about: Endpoint = pattern.callback.endpoint  # type: ignore[attr-defined]
        text = str(pattern.pattern)
        held = paths.setdefault("/api/0/" + _PART.sub(r"{\1}", text), {})
        held["parameters"] = [_path_parameter(name) for name in _PART.findall(text)]
        for method, action in about.actions.items():
            held[method.lower()] = _operation(about, method, action, bodies)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Vedette",
            "version": __version__,
            "description": "In the paths and shapes of Sentry's web API.",
        },
        "servers": [{"url": settings.CONFIG.base_url}],
        "paths": paths,
        "components": {
            "schemas": {
                **bodies,
                "Error": {"type": "object", "properties": {"detail": {"type": "string"}}},
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    about: Endpoint, method: str, action: Action | None, bodies: dict[str, Any]
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "summary": about.summary.partition("\n")[0],
        "responses": {"200": {"description": "JSON."}},
        "security": [{"token": scopes_for(action)}] if action else [],
    }
    if about.query:
        made["parameters"] = _query_parameters(about.query)
    if about.body and method != "GET":
        (schema,), definitions = msgspec.json.schema_components([about.body], ref_template=_SCHEMAS)
        bodies.update(definitions)
        made["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for status, words in _ERRORS.items() if action else ():
        made["responses"][status] = {"description": words, "content": content}
    return made


def _query_parameters(kind: type[Parameters]) -> list[dict[str, Any]]:
    (_,), definitions = msgspec.json.schema_components([kind], ref_template=_SCHEMAS)
    properties: dict[str, Any] = definitions[kind.__name__]["properties"]
    return [
        {"name": name, "in": "query", "schema": schema, "explode": True}
        for name, schema in properties.items()
    ]


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
