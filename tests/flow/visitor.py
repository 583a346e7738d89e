"""A person with a browser that keeps cookies, without JavaScript."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import NamedTuple

from tests.flow.product import Product

PASSWORD = "a lamp on the stairs"


class Seen(NamedTuple):
    """What came back, after redirects."""

    status: int
    url: str
    headers: dict[str, str]
    text: str


class Visitor:
    """Opens pages and sends forms with their token."""

    def __init__(self, product: Product) -> None:
        self.base = product.base
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(
        self,
        path: str,
        data: dict[str, str | list[str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Seen:
        """GET, or POST with `data` as it is."""
        body = None if data is None else urllib.parse.urlencode(data, doseq=True).encode()
        request = urllib.request.Request(self.base + path, data=body, headers=headers or {})
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read().decode("utf-8", "replace")
                held = {key.lower(): value for key, value in answer.headers.items()}
                return Seen(answer.status, answer.url, held, text)
        except urllib.error.HTTPError as error:
            held = {key.lower(): value for key, value in error.headers.items()}
            text = error.read().decode("utf-8", "replace")
            return Seen(error.code, error.url or "", held, text)

    def submit(self, path: str, data: dict[str, str | list[str]]) -> Seen:
        """POST with the form's token."""
        token = next(cookie.value for cookie in self.jar if cookie.name == "vedette_csrf")
        return self.open(path, {**data, "csrfmiddlewaretoken": token or ""})

    def sign_in(self, email: str, password: str = PASSWORD) -> Seen:
        """By the form."""
        self.open("/sign-in/")
        return self.submit("/sign-in/", {"email": email, "password": password})


def sign_in_owner(product: Product) -> Visitor:
    """Alice, who owns the installation: by the link in the log, later by her password."""
    visitor = Visitor(product)
    links = re.findall(r"/sign-in/link/\S+", product.log())
    first = visitor.open(links[-1])
    if first.status == 200:
        form: dict[str, str | list[str]] = {
            "name": "Alice",
            "email": "alice@example.com",
            "password": PASSWORD,
        }
        assert visitor.submit(links[-1], form).status == 200
    else:
        assert visitor.sign_in("alice@example.com").status == 200
    return visitor
