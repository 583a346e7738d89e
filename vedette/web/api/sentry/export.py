"""`export/`: all rows of a dataset that a search finds, whole, as JSON lines or Parquet."""

from __future__ import annotations

from typing import Any, Final, Literal

from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from msgspec import field

from vedette.access.actions import Action
from vedette.exporting.asking import part
from vedette.exporting.formats import format_named
from vedette.exporting.shapes import ExportError
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import endpoint
from vedette.web.api.errors import ApiError
from vedette.web.api.parameters import Filter, Name, Text
from vedette.web.api.sentry._exploring import searched
from vedette.web.downloads import download

_SECONDS: Final = 60.0


class ExportQuery(Filter):
    """Which dataset, table, or `issues`; which of its rows; in which form."""

    dataset: Name = "errors"
    query: Text = ""
    form: Literal["jsonl", "parquet"] = field(default="jsonl", name="format")


@endpoint(get=Action.VIEW_EVENTS, query=ExportQuery, seconds=_SECONDS)
def export(
    request: HttpRequest, caller: Caller, query: ExportQuery, organization: str
) -> HttpResponseBase:
    """Everything that a search finds, streamed: one JSON object a line, or a Parquet file."""
    projects = caller.projects(organization)
    scope = query.scope(caller.visible(organization), projects)
    chosen = [one for one in projects if one.pk in scope.visible]
    try:
        found = searched(lambda: part(query.dataset, chosen, scope, query.query))
        return download(found, format_named(query.form))
    except ExportError as error:
        raise ApiError(400, str(error)) from None


ROUTES: list[Any] = [path("organizations/<str:organization>/export/", export, name="api-export")]
