"""`trace-items/attributes/`: which fields and attributes there are to filter and to group by."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import Meta

from vedette.access.actions import Action
from vedette.explore.datasets import dataset_named
from vedette.telemetry import suggesting
from vedette.web.api.access import Caller
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.parameters import Filter, Name

_Kind = Literal["number", "string", "boolean"]


class AttributesQuery(Filter):
    """Of which dataset (`itemType` is its older name), of which types, with which name in part."""

    dataset: Name = ""
    item_type: Name = "spans"
    attribute_type: Annotated[list[_Kind], Meta(max_length=3)] = []
    substring_match: Name = ""


@endpoint(get=Action.VIEW_EVENTS, query=AttributesQuery)
def list_attributes(
    request: HttpRequest, caller: Caller, query: AttributesQuery, organization: str
) -> HttpResponse:
    """The keys, fields of the dataset first, then attributes as they are stored."""
    scope = query.scope(caller.visible(organization), caller.projects(organization), default="14d")
    dataset = dataset_named(query.dataset or query.item_type)
    found = suggesting.attributes_of(scope, dataset, query.substring_match)
    wanted = set(query.attribute_type)
    return answer([_shape(key, kind) for key, kind in found if not wanted or kind in wanted])


def _shape(key: str, kind: str) -> dict[str, Any]:
    return {
        "key": key if kind == "string" else f"tags[{key},{kind}]",
        "name": key,
        "attributeType": kind,
    }


ROUTES = [path("organizations/<str:organization>/trace-items/attributes/", list_attributes)]
