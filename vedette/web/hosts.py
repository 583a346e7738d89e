"""Refuses pages to names that are not this installation's, so that no site can pose as it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from vedette.statuspages.domains import is_of_the_product, slug_at
from vedette.web.errors import database_unavailable, nothing_there, wrong_host

logger = logging.getLogger(__name__)


class KnownHosts:
    """Lets through the names of the settings, and addresses: those cannot be rebound.

    The name of a status page shows that page alone.

    A name that anybody can point at this machine would let that person's pages talk to it as
    if they were its own. A header that is no host at all is refused in the same way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say which setting is missing."""
        name = split_domain_port(request.META.get("HTTP_HOST", "") or "localhost")[0]
        if is_of_the_product(name):
            return self.get_response(request)
        try:
            slug = slug_at(name)
        except OperationalError:
            logger.exception("the database did not answer for the name %s", name)
            return database_unavailable()
        if slug:  # nothing but this page answers to its name
            request.path_info = f"/status/{slug}{request.path_info}"
            response = self.get_response(request)
            return nothing_there() if response.status_code == 404 else response
        return wrong_host(request)
