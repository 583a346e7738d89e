"""A page at a name of its own: that page, and nothing else of the product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from vedette.statuspages.domains import forget_names
from vedette.statuspages.keeping import renew
from vedette.statuspages.models import StatusPage


@pytest.fixture
def visitor(page: StatusPage) -> Iterator[Client]:
    StatusPage.objects.filter(pk=page.pk).update(domain="status.example.com")
    page.refresh_from_db()
    renew(page)
    forget_names()
    yield Client(headers={"Host": "status.example.com"})
    forget_names()


def test_its_name_shows_the_page(visitor: Client, page: StatusPage) -> None:
    """From the root, with the same relative links."""
    assert b"Shop status" in visitor.get("/").content
    for path in ("/history/", "/api/v2/summary.json", "/style.css", "/badge/status.svg"):
        assert visitor.get(path).status_code == 200
    assert visitor.get("/subscribe/").status_code == 200
    url = visitor.get("/api/v2/summary.json").json()["page"]["url"]
    assert url.endswith("://status.example.com")


@pytest.mark.parametrize("path", ["/issues/", "/sign-in/", "/api/0/", "/monitors/", "/static/a/b"])
def test_its_name_shows_nothing_of_the_product(visitor: Client, path: str) -> None:
    """Neither pages nor the API, nor its words for what is not there."""
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/plain")


def test_other_names_are_refused_as_ever(visitor: Client) -> None:
    """A name that no page has."""
    assert Client(headers={"Host": "evil.example.com"}).get("/").status_code == 400


def test_a_private_page_at_its_name_needs_its_key(visitor: Client, page: StatusPage) -> None:
    """And the cookie is its name's."""
    StatusPage.objects.filter(pk=page.pk).update(is_public=False)
    renew(page)
    assert visitor.get("/").status_code == 404
    opened = visitor.get("/", {"key": page.token})
    assert opened["Location"] == "/"
    assert visitor.get("/").status_code == 200


def test_own_colours_can_be_read_on_both_grounds(page: StatusPage) -> None:
    """Whatever is chosen is made darker or lighter until its contrast is enough."""
    from vedette.statuspages.colours import contrast, mistake_in_css, readable_on

    for colour in ("#ffff00", "#000000", "#ffffff", "#4752c4", "#888888"):
        for ground in ("#ffffff", "#0f1115"):
            assert contrast(readable_on(colour, ground), ground) >= 4.5
    for css in ("@import 'x'", "a { background: url(//x) }", "</style>", "a{b:\\75rl(x)}"):
        assert mistake_in_css(css)
    assert mistake_in_css(".top { display: none }") == ""


def test_the_products_own_probe_reads_it(visitor: Client, page: StatusPage) -> None:
    """`third_party` takes the status out of the summary."""
    import msgspec

    from vedette.probing.kinds.third_party import _INDICATORS, _Summary

    body = visitor.get("/api/v2/summary.json").content
    assert msgspec.json.decode(body, type=_Summary).status.indicator in _INDICATORS
