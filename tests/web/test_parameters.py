"""Whatever stands in an address or a form: a page or a refusal in words, never a 500."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, urlencode
from zlib import crc32

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.walk import (
    API_PATTERNS,
    PAGE_ROUTES,
    api_address,
    arguments_of,
    bearer,
    page_address,
)
from tests.web.world import World, set_behind_pages, standing_world
from vedette.web.api.typed import Parameters
from vedette.web.destination import local_address
from vedette.web.routing import Route
from vedette.web.urls import urlpatterns

ODD = (
    *("", "0", "-1", "²", "٣", "1" * 400, "9" * 19, str(1 << 64), "1e999", "NaN", "true", "[]"),
    *("\x00", "a\x00b", "%", "%00", "\\", "'", '"', "<", "*" * 300, "x" * 5000, "\u202e", "😀"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00", "1969-01-01"),
    *("253402300799.9999999", "1e18"),
    *("n:1:1", "p:99999999999999999:999999999999999999", "n:²:²", "o:²", "o:" + "9" * 400),
    *("n:0:" + "9" * 30, "0:0:1", "1:" + "a" * 32, "99999999999999999:" + "f" * 32, "é:é"),
    *("14d", "99999w", "0s", "-1", "latest", "id:" + "9" * 40, "timesSeen:>" + "9" * 40, "a:[b"),
    *("firstSeen:>0001-01-01T00:00:00+14:00", "age:-99999w", "lastSeen:+99999d", "(", ")", "OR"),
)  # fmt: skip
PAGE_NAMES = (
    *("cursor", "query", "sort", "period", "start", "end", "project", "environment", "since"),
    *("key", "prefix", "text", "frames", "platform", "next", "kind", "outcome", "download"),
)
FORM_NAMES = st.sampled_from(
    (
        *(
            "issue",
            "status",
            "name",
            "label",
            "events_per_minute",
            "networks",
            "form",
            "next",
            "do",
            "code",
        ),
        *("email", "scopes", "days", "member", "role"),
    )
)
Known: TypeAlias = Mapping[str, object]
values = st.sampled_from(ODD) | st.text(max_size=40)
steady = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
page_routes = pytest.mark.parametrize("route", PAGE_ROUTES, ids=lambda route: route.name)
resources = pytest.mark.parametrize("route", API_PATTERNS, ids=lambda route: str(route.pattern))


@pytest.fixture(scope="module")
def standing(database: Path) -> Iterator[tuple[World, Known]]:
    """A world, and all that paths may name of it."""
    with standing_world() as world:
        yield world, arguments_of(world)


@pytest.fixture
def world(standing: tuple[World, Known], rollback: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Made once for all tests, of which each begins from it again."""
    set_behind_pages(standing[0], monkeypatch)
    return standing[0]


@pytest.fixture
def known(standing: tuple[World, Known], world: World) -> Known:
    """What paths may name."""
    return standing[1]


def api_names(route: URLPattern) -> list[str]:
    """The parameters that an API route declares, and one that it does not."""
    kind: type[Parameters] | None = route.callback.endpoint.query  # type: ignore[attr-defined]
    return [*(kind.__struct_encode_fields__ if kind else ()), "other"]


def odd_for(name: str, address: str) -> tuple[str, ...]:
    """A part of the odd values, another one for each address: more where it is computed with.

    What computes is shared, so that over all addresses each value meets it many times.
    """
    stride = 4 if name in ("cursor", "start", "since", "limit") else 14
    return ODD[crc32(f"{address} {name}".encode()) % stride :: stride]


def asked(address: str, parameters: dict[str, str]) -> str:
    """The address with parameters, also with those that no text may hold."""
    return address + "?" + urlencode(parameters, errors="surrogatepass")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of parameters that were asked for, so far."""
    names: set[str] = set()

    def noting(plain: Callable[..., object]) -> Callable[..., object]:
        def ask(parameters: QueryDict, name: str, *given: object, **named: object) -> object:
            names.add(name)
            return plain(parameters, name, *given, **named)

        return ask

    for way in ("__getitem__", "__contains__", "get", "getlist"):
        monkeypatch.setattr(QueryDict, way, noting(getattr(QueryDict, way)))
    return names


@page_routes
def test_no_odd_parameter_breaks_a_page(
    route: Route, known: Known, alice: Client, read: set[str]
) -> None:
    """One parameter at a time through the odd values: each that the page reads, and another."""
    address = page_address(route, known)
    tried: set[str] = set()
    read.add("other")
    alice.get(address)
    while left := sorted(read - tried):
        for value in odd_for(left[0], route.path):
            answer = alice.get(asked(address, {left[0]: value}))
            assert answer.status_code < 500, (left[0], value)
        tried.add(left[0])


@resources
def test_no_odd_parameter_breaks_a_resource(route: URLPattern, world: World, known: Known) -> None:
    """One declared parameter at a time through the odd values."""
    client = bearer(world.organization, world.alice)
    address = api_address(route, known)
    for name in api_names(route):
        for value in odd_for(name, str(route.pattern)):
            answer = client.get(asked(address, {name: value}))
            assert answer.status_code < 500, (name, value)
            assert answer.status_code != 400 or answer.json()["detail"]


@page_routes
@steady
@given(data=st.data())
def test_no_address_or_form_breaks_a_page(
    route: Route, known: Known, alice: Client, data: st.DataObject
) -> None:
    """Several at once, and as a form."""
    if route.name == "sign-out":
        return
    address = page_address(route, known)
    parameters = data.draw(st.dictionaries(st.sampled_from(PAGE_NAMES), values, max_size=4))
    form = data.draw(st.dictionaries(FORM_NAMES, values, max_size=4))
    body = urlencode(form, errors="surrogatepass")
    kind = "application/x-www-form-urlencoded"
    with transaction.atomic():  # what a form does is gone before the next example
        assert alice.get(asked(address, parameters)).status_code < 500
        assert alice.post(address, body, content_type=kind).status_code < 500
        transaction.set_rollback(True)


@resources
@steady
@given(data=st.data())
def test_no_address_or_body_breaks_a_resource(
    route: URLPattern, world: World, known: Known, data: st.DataObject
) -> None:
    """Odd path parts, several parameters at once, any body."""
    client = bearer(world.organization, world.alice)
    names = st.sampled_from(api_names(route))
    parameters = data.draw(st.dictionaries(names, values, max_size=4))
    path = api_address(route, known)
    part = data.draw(values)
    odd = path.rstrip("/").rpartition("/")[0] + "/" + quote(part, safe="", errors="replace") + "/"
    for address in (path, odd):
        assert client.get(asked(address, parameters)).status_code < 500
    body = data.draw(st.binary(max_size=60) | st.sampled_from((b'{"status":1}', b"[" * 5000)))
    assert client.put(path, body, content_type="application/json").status_code < 500


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/issues/?cursor=n:%C2%B2:1", "cursor"),
        ("/issues/?start=yesterday", "Start is no time"),
        ("/issues/?period=14x", "period is one of"),
        ("/issues/?query=a%00b", "no text may hold"),
    ],
)
def test_a_wrong_parameter_is_a_400_in_words(
    address: str, words: str, world: World, alice: Client
) -> None:
    """On pages."""
    answer = alice.get(address)
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=%C2%B2", "Invalid parameter limit"),
        ("limit=" + "9" * 400, "Invalid parameter limit"),
        ("sort=odd", "Invalid parameter sort"),
        ("cursor=n:1:" + "9" * 30, "cursor"),
        ("start=0001-01-01", "start and end must be times"),
        ("statsPeriod=forever", "statsPeriod"),
    ],
)
def test_a_wrong_parameter_of_the_api_is_a_400_in_words(
    query: str, words: str, world: World
) -> None:
    """The parameter is named."""
    answer = bearer(world.organization).get(f"/api/0/organizations/lantern/issues/?{query}")
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


def test_numbers_in_paths_fit_into_the_database() -> None:
    """Django's own `int` takes any number of digits: pages use `id`."""
    assert [one for one in urlpatterns if "<int:" in str(one.pattern)] == []


FOREIGN = (
    *("/\t///evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil"),
    *("https://evil.example/", "/ /evil.example", "/\n/evil.example", "javascript:alert(1)"),
    *("/\x7f//evil", "evil.example", "", "http:/evil.example", "/\u2028//evil.example"),
)


@pytest.mark.parametrize("target", FOREIGN)
def test_no_form_leads_to_another_site(target: str, world: World, alice: Client) -> None:
    """After the theme, the rail, a status and undo; `///` is read as a path of this site."""
    for address in ("/theme/", "/rail/", "/issues/undo/"):
        place = alice.post(address, {"next": target})["Location"]
        assert place.startswith("/")
        assert not place.startswith(("//", "/\\"))
    place = Client().post(
        "/sign-in/", {"email": "alice@example.com", "password": "no", "next": target}
    )
    held = re.search(r'name="next" value="([^"]*)"', place.content.decode())
    assert held is not None
    assert not held[1] or re.match(r"/(?![/\\\s])", held[1])


@given(st.text(alphabet=st.sampled_from("/\\\t\n .:@?#evil%09&=\u2028é"), max_size=20))
def test_an_address_of_this_site_never_names_a_host(text: str) -> None:
    """Whatever browsers make of it: one slash, then no slash or backslash, and no controls."""
    made = local_address(text)
    assert made == "" or (made[0] == "/" and made[1:2] not in ("/", "\\"))
    assert not any(char <= " " or char == "\\" for char in made)
    assert local_address(made) == made
