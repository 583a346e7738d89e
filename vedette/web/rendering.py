"""Renders a page's typed context; the template reads it as `page`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme


def show(
    request: HttpRequest, template: str, page: Any, *, section: str = "", status: int = 200
) -> HttpResponse:
    """A whole page or a fragment. `section` is the route lit in the rail."""
    context = {"page": page, "section": section}
    return render(request, template, context, status=status)


def safe_next(request: HttpRequest, fallback: str) -> str:
    """Where a form wants to go afterwards, if that is a path of this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        parts = urlsplit(target)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return fallback
