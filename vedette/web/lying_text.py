"""Shows on every page what a text hides: see `vedette.lying_text`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from vedette.lying_text import plain_text


class PlainText:
    """Marks such characters in every page and fragment, wherever a template shows them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with nothing hidden in the page.

        What is compressed was made beforehand, by who has seen to it.
        """
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        is_page = is_page and "Content-Encoding" not in response.headers
        if is_page and not response.streaming and not response.content.isascii():
            response.content = plain_text(response.content.decode()).encode()
        return response
