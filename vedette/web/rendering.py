"""Renders a page's typed context; the template reads it as `page`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(
    request: HttpRequest, template: str, page: Any, *, section: str = "", status: int = 200
) -> HttpResponse:
    """A whole page or a fragment. `section` is the route lit in the rail."""
    context = {"page": page, "section": section}
    return render(request, template, context, status=status)
