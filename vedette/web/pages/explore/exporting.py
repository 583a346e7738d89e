"""The rows of an answer as CSV and JSON, and all rows that a search finds, whole, as a stream."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from vedette.explore.arguments import ISSUE
from vedette.explore.asking import MOST_ROWS
from vedette.explore.fields import Column
from vedette.exporting import telemetry
from vedette.exporting.formats import format_named
from vedette.exporting.shapes import ExportError
from vedette.issues.telemetry import moment
from vedette.search import SearchError
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.downloads import download
from vedette.web.pages.explore.answering import ask_rows
from vedette.web.pages.explore.asked import Asked, read_asked
from vedette.web.pages.explore.words import PROJECTS, Names, names_of
from vedette.web.scope import shared_filter
from vedette.web.spreadsheets import harmless


def as_csv(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The first 10,000 rows; text that a spreadsheet would run is made harmless."""
    asked, columns, rows = _rows(request, viewer)
    made = StringIO()
    writer = csv.writer(made)
    writer.writerow(harmless(one.written) for one in columns)
    for row in rows:
        writer.writerow(harmless(value) if isinstance(value, str) else value for value in row)
    return _file(made.getvalue().encode(), f"{asked.dataset.name}.csv", "text/csv; charset=utf-8")


def as_json(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The first 10,000 rows as a list of objects; durations are milliseconds."""
    asked, columns, rows = _rows(request, viewer)
    names = [one.written for one in columns]
    body = msgspec.json.encode([dict(zip(names, row, strict=True)) for row in rows])
    return _file(body, f"{asked.dataset.name}.json", "application/json")


def as_export(request: HttpRequest, viewer: Viewer) -> HttpResponseBase:
    """Every row that the search finds, with all columns and what was sent; `format` says how."""
    asked = read_asked(request.GET)
    scope = shared_filter(request, viewer).scope
    try:
        part = telemetry.part(asked.dataset.name, scope, asked.query)
        return download(part, format_named(request.GET.get("format", "jsonl")))
    except (SearchError, ExportError) as error:
        raise BadQuery(str(error)) from None


def _rows(request: HttpRequest, viewer: Viewer) -> tuple[Asked, Sequence[Column], list[list[Any]]]:
    asked = replace(read_asked(request.GET), offset=0)
    scope = shared_filter(request, viewer).scope
    try:
        found = ask_rows(asked, scope, limit=MOST_ROWS)
    except SearchError as error:
        raise BadQuery(str(error)) from None
    names = names_of(viewer, found.columns, found.rows)
    shown = found.columns[: len(asked.shown)]
    rows = [
        [_value(column, value, names) for column, value in zip(shown, row, strict=False)]
        for row in found.rows
    ]
    return asked, shown, rows


def _value(column: Column, value: Any, names: Names) -> Any:
    if column.kind == ISSUE or column.written in PROJECTS:
        return names.text(column, value)
    if column.kind == "date" and value is not None:
        return moment(value).isoformat()
    if column.kind == "integer" and isinstance(value, float):
        return round(value)
    return value


def _file(body: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
