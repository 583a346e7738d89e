"""Fields of recorded pages: what stands in those for secrets goes, whatever it looks like."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from vedette.pipeline.scrub import Scrubber, ScrubSettings, TooCostly
from vedette.pipeline.scrub.engine import ENGINES, triggers
from vedette.pipeline.scrub.fields import Fields, Known

SECRET = "hunter2"  # noqa: S105 - of nobody
Scrub = Callable[..., list[Any]]


@pytest.fixture(params=ENGINES)
def scrub(request: pytest.FixtureRequest) -> Scrub:
    """Scrubs the events of a segment, and gives what is left of them."""
    settings = ScrubSettings(emails=True)
    engine = ENGINES[request.param](triggers(settings))
    scrubber = Scrubber(settings, engine=engine, fields=Fields())

    numbers = count()

    def run(
        *events: Any, page: str = "page", spaces: bool = False, segment: int | None = None
    ) -> list[Any]:
        separators = None if spaces else (",", ":")
        number = next(numbers) if segment is None else segment
        sent = json.dumps({"segment_id": number, "events": events}, separators=separators).encode()
        return json.loads(scrubber.scrub(sent, page=page).payload)["events"]  # type: ignore[no-any-return]

    return run


def page(*nodes: Any) -> dict[str, Any]:
    """A page as it is recorded whole."""
    document = {"type": 0, "childNodes": list(nodes), "id": 1}
    return {"type": 2, "timestamp": 1, "data": {"node": document}}


def element(tag: str, number: int, /, *nodes: Any, **attributes: Any) -> dict[str, Any]:
    """An element, as rrweb writes it."""
    named = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
    children = {"childNodes": list(nodes), "id": number}
    return {"type": 2, "tagName": tag, "attributes": named, **children}


def text(words: str, number: int) -> dict[str, Any]:
    """A text."""
    return {"type": 3, "textContent": words, "id": number}


def typed(words: str, number: int) -> dict[str, Any]:
    """What somebody typed into a field."""
    data = {"source": 5, "text": words, "isChecked": False, "id": number}
    return {"type": 3, "timestamp": 1, "data": data}


def changed(number: int, **attributes: Any) -> dict[str, Any]:
    """Attributes that a script changed."""
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    changes = [{"id": number, "attributes": named}]
    return {"type": 3, "timestamp": 1, "data": {"source": 0, "attributes": changes}}


SECRET_FIELDS = [
    {"type": "password"},
    {"type": "PASSWORD", "class": "wide"},
    {"type": "text", "data_rr_is_password": "true"},
    {"type": "text", "autocomplete": "current-password"},
    {"type": "text", "autocomplete": "section-a shipping cc-number"},
    {"type": "tel", "autocomplete": "cc-csc"},
    {"type": "text", "autocomplete": "one-time-code"},
    {"type": "hidden", "name": "authenticity_token", "id": "some"},
    {"type": "hidden", "name": "_csrf", "id": "some"},
]


@pytest.mark.parametrize("spaces", [False, True])
@pytest.mark.parametrize("attributes", SECRET_FIELDS, ids=str)
def test_what_stands_in_a_secret_field_goes(
    scrub: Scrub, attributes: dict[str, str], spaces: bool
) -> None:
    """By its type, by what it may be filled in with, by its name; the value before or after."""
    first = element("input", 5, value=SECRET, **attributes)
    last = element("input", 6, **attributes, value=SECRET)
    other = element("input", 7, type="text", name="city", value="Vienna")
    told = json.dumps(scrub(page(first, last, other), spaces=spaces))
    assert SECRET not in told
    assert "Vienna" in told


@pytest.mark.parametrize("attributes", SECRET_FIELDS[:7], ids=str)
def test_what_is_typed_later_goes_with_the_field(scrub: Scrub, attributes: dict[str, str]) -> None:
    """A segment holds what was typed, another one the field; other fields and pages stay."""
    scrub(page(element("input", 5, **attributes), element("input", 6, type="text")))
    later = [typed(SECRET, 5), changed(5, value=SECRET), typed("Vienna", 6)]
    found = scrub(*later)
    assert SECRET not in json.dumps(found)
    assert found[2] == later[2]
    assert scrub(*later, page="another") == later


def test_a_password_that_is_shown_goes(scrub: Scrub) -> None:
    """The type of a field becomes text, and rrweb notes what it was."""
    found = scrub(
        typed(SECRET, 5), changed(5, type="text", data_rr_is_password="true"), typed(SECRET, 5)
    )
    assert SECRET not in json.dumps(found)
    assert SECRET not in json.dumps(scrub(typed(SECRET, 5)))


@pytest.mark.parametrize("count", [100, 2000, 3000])
def test_fields_are_known_however_many_a_page_has(scrub: Scrub, count: int) -> None:
    """With the page, or one after the other, as where a script draws a form anew again and again;
    where there are too many to know, what is typed into any goes until there is another page."""
    fields = [element("input", number, type="password") for number in range(10, 10 + count)]
    for begin in ([page(*fields)], [page(fields[0]), *(_added(1, one) for one in fields[1:])]):
        scrub(*begin)
        for number in (10, 11, 9 + count):
            assert SECRET not in json.dumps(scrub(typed(SECRET, number)))
            assert SECRET not in json.dumps(scrub(changed(number, value=SECRET)))
    scrub(page(fields[0], element("input", 11, type="text")))
    later = [typed("Vienna", 11)]
    assert scrub(*later) == later


@pytest.mark.parametrize(
    "attributes",
    [
        {"id": "password"},
        {"id": "otp-code", "inputmode": "numeric"},
        {"id": "api-token", "readonly": ""},
        {"name": "pin"},
        {"name": "user[pwd]"},
        {"id": "cardNumber"},
        {"placeholder": "Enter your API key"},
        {"aria_label": "Security code"},
    ],
)
@pytest.mark.parametrize("tag", ["input", "textarea"])
def test_what_a_field_is_called_tells_what_is_in_it(
    scrub: Scrub, attributes: dict[str, str], tag: str
) -> None:
    """As pages without names have it, and fields whose letters only a style hides."""
    scrub(page(element(tag, 5, **attributes, value=SECRET)))
    (found,) = scrub(typed(SECRET, 5))
    assert SECRET not in json.dumps(found)
    told = json.dumps(scrub(page(element(tag, 5, **attributes, value=SECRET))))
    assert SECRET not in told


@pytest.mark.parametrize(
    "attributes",
    [
        {"id": "author", "placeholder": "Author"},
        {"id": "shipping", "name": "pinned", "placeholder": "Passenger"},
        {"type": "search", "placeholder": "Search tokens"},
        {"type": "checkbox", "id": "remember-password"},
        {"placeholder": "Tell us in some words what went wrong while you changed the password"},
    ],
)
def test_other_names_leave_a_field_readable(scrub: Scrub, attributes: dict[str, str]) -> None:
    """Nobody's secret stands in it."""
    events = [page(element("input", 5, **attributes, value="Vienna")), typed("Vienna", 5)]
    assert scrub(*events) == events


def test_a_breadcrumb_tells_nothing_of_what_is_in_a_field(scrub: Scrub) -> None:
    """A click on it comes with the element's texts and attributes."""
    scrub(page(element("textarea", 5, text("", 6), name="secret")))
    node = {"id": 5, "tagName": "textarea", "textContent": SECRET, "attributes": {"title": SECRET}}
    payload = {"category": "ui.click", "message": "textarea", "data": {"nodeId": 5, "node": node}}
    (found,) = scrub({"type": 5, "timestamp": 1, "data": {"tag": "breadcrumb", "payload": payload}})
    assert SECRET not in json.dumps(found)
    assert found["data"]["payload"]["message"] == "textarea"


LONG = "x" * 40_000  # an icon that a manager of passwords draws within the field


@pytest.mark.parametrize(
    "attributes",
    [
        {"style": LONG, "type": "password", "value": SECRET},
        {"type": "password", "style": LONG, "value": SECRET},
        {"value": SECRET, "placeholder": LONG, "autocomplete": "one-time-code"},
    ],
)
def test_long_attributes_hide_no_field(scrub: Scrub, attributes: dict[str, str]) -> None:
    """Nor does a long text that is typed."""
    assert SECRET not in json.dumps(scrub(page(element("input", 5, **attributes))))
    assert SECRET not in json.dumps(scrub(typed(SECRET, 5), typed(SECRET + LONG, 5)))


def test_a_breadcrumb_tells_what_a_field_is(scrub: Scrub) -> None:
    """Where the page itself did not arrive."""
    crumb = {
        "category": "ui.input",
        "message": 'form > input#secret[type="password"]',
        "data": {"nodeId": 42, "node": {"id": 42}},
    }
    event = {"type": 5, "timestamp": 1, "data": {"tag": "breadcrumb", "payload": crumb}}
    found = scrub(typed(SECRET, 42), event)
    assert SECRET not in json.dumps(found)
    assert found[1] == event


def attached() -> dict[str, Any]:
    """The document of a frame, which comes as what is added to a page."""
    added = {"parentId": 9, "nextId": None, "node": {"type": 0, "childNodes": [], "id": 90}}
    data = {"source": 0, "adds": [added], "removes": [], "texts": [], "attributes": []}
    return {"type": 3, "timestamp": 1, "data": {**data, "isAttachIframe": True}}


@pytest.mark.parametrize(
    "between",
    [
        {"type": 3, "timestamp": 1, "data": {"source": 2, "type": 0, "id": 5, "x": 1, "y": 1}},
        {"type": 0, "timestamp": 1, "data": {}},
        attached(),
    ],
    ids=["a click", "a page that is ready", "a frame"],
)
def test_a_field_is_known_until_the_page_is_recorded_again(
    scrub: Scrub, between: dict[str, Any]
) -> None:
    """Whatever else comes before something is typed."""
    scrub(page(element("input", 5, type="password")))
    scrub(between)
    assert SECRET not in json.dumps(scrub(typed(SECRET, 5)))


def test_numbers_begin_anew_with_each_page(scrub: Scrub) -> None:
    """After another page was recorded whole, the number is that of another field."""
    scrub(page(element("input", 5, type="password")))
    scrub(page(element("input", 5, type="text"), element("input", 6, type="password")))
    assert scrub(typed("Vienna", 5)) == [typed("Vienna", 5)]


@pytest.mark.parametrize("number", [5, 6])
def test_a_segment_that_comes_again_or_late_has_the_fields_of_its_time(
    scrub: Scrub, number: int
) -> None:
    """As after a digester was killed: a page that followed does not make its password readable."""
    following = page(element("input", number, type="text"))
    scrub(page(element("input", 5, type="password")), segment=0)
    scrub(following, typed(SECRET, number), segment=2)
    assert SECRET not in json.dumps(scrub(typed(SECRET, 5), segment=1))
    assert SECRET not in json.dumps(scrub(typed(SECRET, 5), following, segment=2))
    assert scrub(typed("Vienna", 5), segment=3) == [typed("Vienna", 5)]


def test_a_page_that_comes_late_takes_no_field_from_the_newer_one(scrub: Scrub) -> None:
    """Neither does one whose number is forged: both tell of fields from then on."""
    scrub(page(element("input", 9, type="password")), segment=5)
    scrub(page(element("input", 5, type="password")), segment=3)
    assert SECRET not in json.dumps(scrub(typed(SECRET, 9), segment=6))
    assert SECRET not in json.dumps(scrub(typed(SECRET, 5), segment=4))
    scrub(page(element("input", 7, type="password")), segment=900_000)
    assert SECRET not in json.dumps(scrub(typed(SECRET, 9), segment=7))


@pytest.mark.parametrize("name", ["csrf-token", "_csrf", "xsrf-token"])
def test_tokens_in_the_head_of_a_page_go(scrub: Scrub, name: str) -> None:
    """Whatever stands between name and content."""
    found = scrub(
        page(
            element("meta", 2, name=name, id="x", content=SECRET),
            element("meta", 3, content=SECRET, name=name),
            element("meta", 4, name="description", content="tokens of all kinds"),
        )
    )
    assert SECRET not in json.dumps(found)
    assert "tokens of all kinds" in json.dumps(found)


def test_a_name_and_its_value_in_two_texts_are_one(scrub: Scrub) -> None:
    """As `Token: {token}` is written to a page."""
    parts = [text("Token: ", 3), text("a8Zk29", 4), text("Total: ", 5), text("a8Zk30", 6)]
    found = json.dumps(scrub(page(element("p", 2, *parts))))
    assert "a8Zk29" not in found
    assert "a8Zk30" in found


def option(number: int, words: str, **attributes: Any) -> dict[str, Any]:
    """What can be chosen in a field."""
    return element("option", number, text(words, number + 1), **attributes)


def _added(parent: int, *nodes: dict[str, Any]) -> dict[str, Any]:
    """What a script adds within an element."""
    adds = [{"parentId": parent, "nextId": None, "node": node} for node in nodes]
    data = {"source": 0, "adds": adds}
    return {"type": 3, "timestamp": 1, "data": data}


def _retold(number: int, words: str) -> dict[str, Any]:
    """A text that a script changed."""
    texts = [{"id": number, "value": words}]
    return {"type": 3, "timestamp": 1, "data": {"source": 0, "texts": texts}}


@pytest.mark.parametrize("spaces", [False, True])
@pytest.mark.parametrize(
    "attributes", [{"name": "secret"}, {"autocomplete": "one-time-code"}], ids=str
)
def test_the_texts_within_a_secret_field_go(
    scrub: Scrub, attributes: dict[str, str], spaces: bool
) -> None:
    """Of a `textarea` the text it began with, and what scripts make of it; what is typed, too."""
    shown = text("Vienna", 8)
    held = page(element("textarea", 5, text(SECRET, 6), rows="3", **attributes), shown)
    told = json.dumps(scrub(held, spaces=spaces))
    assert SECRET not in told
    assert "Vienna" in told
    assert '"rows": "3"' in told
    later = [typed(SECRET, 5), _retold(6, SECRET), _added(5, text(SECRET, 7)), _retold(8, "Graz")]
    found = scrub(*later, spaces=spaces)
    assert SECRET not in json.dumps(found)
    assert found[3] == later[3]
    assert SECRET not in json.dumps(scrub(_retold(7, SECRET)))


def test_what_can_be_chosen_in_a_secret_field_goes(scrub: Scrub) -> None:
    """Values, labels and texts of its options, which is chosen, and what is added later."""
    choices = [
        option(6, SECRET, value=SECRET, selected=True),
        option(8, "other", label=SECRET, data_note=SECRET),
    ]
    select = element("select", 5, *choices, autocomplete="cc-exp-month", value=SECRET)
    city = element("select", 15, option(16, "Vienna", value="V", selected=True), name="city")
    found = scrub(page(select, city))
    told = json.dumps(found)
    assert SECRET not in told
    assert "other" not in told
    assert told.count('"selected": true') == 1
    assert found[0]["data"]["node"]["childNodes"][1] == city
    added = _added(5, element("option", 20, value=SECRET))
    assert SECRET not in json.dumps(scrub(added, _added(20, text(SECRET, 21)), typed(SECRET, 5)))


@pytest.mark.parametrize(
    "name", ["title", "placeholder", "data_value", "aria_label", "alt", "initial"]
)
def test_no_attribute_of_a_secret_field_tells_what_is_in_it(scrub: Scrub, name: str) -> None:
    """Whether it came with the page or a script set it later; what it looks like stays."""
    looks = {"class": "wide", "id": "pin", "data_testid": "pin"}
    field = element("input", 5, type="password", **looks, **{name: SECRET})
    told = json.dumps(scrub(page(field, element("input", 6, **{name: "Vienna"}))))
    assert SECRET not in told
    assert "Vienna" in told
    assert all(value in told for value in looks.values())
    assert SECRET not in json.dumps(scrub(changed(5, **{name: SECRET})))


def test_a_value_beside_a_style_goes(scrub: Scrub) -> None:
    """A changed style is an object among the attributes."""
    style = {"color": ["red", "important"], "width": False}
    first = changed(5, type="password", style=style, value=SECRET)
    assert SECRET not in json.dumps(scrub(first, changed(5, value=SECRET, style=style)))


def test_a_form_with_the_name_of_a_secret_keeps_its_words(scrub: Scrub) -> None:
    """What stands around fields is not in them."""
    form = element(
        "form", 5, element("label", 6, text("City", 7)), name="reset-password", title="A"
    )
    assert scrub(page(form)) == [page(form)]


CARD = ("4111", "1111", "1111", "1111")


@pytest.mark.parametrize(
    "parts",
    [
        [text(group, at) for at, group in enumerate(CARD)],
        [element("span", 9 + at, text(group, at)) for at, group in enumerate(CARD)],
        [text(part, at) for at, part in enumerate((*CARD[:1], "-", *CARD[1:2], "-", "11111111"))],
        [element("b", 90 + at, text(digit, at)) for at, digit in enumerate("".join(CARD))],
        [text("4111 1111 ", 1), element("em", 2, text("1111 1111", 3), style="x")],
    ],
    ids=["texts", "spans", "dashes", "digits", "halves"],
)
def test_a_card_in_several_texts_goes(scrub: Scrub, parts: list[dict[str, Any]]) -> None:
    """However its digits are spread; with the page, and where a script adds them, last first."""
    for events in ([page(element("p", 50, *parts))], [_added(50, *parts[::-1])]):
        told = json.dumps(scrub(*events))
        assert told.count("[Filtered]") == sum(
            part["type"] == 2 or part["textContent"] != "-" for part in parts
        )


def test_numbers_beside_each_other_stay(scrub: Scrub) -> None:
    """Those that are no card, and those in cells of a table."""
    figures = page(element("p", 50, *[text(group, at) for at, group in enumerate(CARD[:3])]))
    cells = page(
        element("tr", 50, *[element("td", 60 + at, text(g, at)) for at, g in enumerate(CARD)])
    )
    assert scrub(figures) == [figures]
    assert scrub(cells) == [cells]


@pytest.mark.parametrize("value", ["", "****", "••••", " * "])
def test_what_was_masked_stays_as_it_was(scrub: Scrub, value: str) -> None:
    """Nothing is said of it that the SDK did not say."""
    events = [page(element("input", 5, type="password", value=value)), typed(value, 5)]
    assert scrub(*events) == events


@pytest.mark.parametrize(
    "around", [b'{"attributes":{%b"a":1}}', b"{%b}", b'[{"attributes":{"a":{%b"b":1}}}]']
)
def test_hostile_pages_cost_no_more_than_others(around: bytes) -> None:
    """Attributes that all speak of secrets are looked at in time that grows with their number."""
    settings = ScrubSettings(emails=True)

    def seconds(count: int, fields: Fields | None) -> float:
        scrubber = Scrubber(settings, fields=fields)
        sent = around % (b'"name":"token",' * count)
        started = time.process_time()
        with suppress(TooCostly):
            scrubber.scrub(sent, page="page")
        return time.process_time() - started

    few, many = seconds(5_000, Fields()), seconds(50_000, Fields())
    assert many < 40 * few + 0.5


def test_what_is_known_of_fields_outlives_the_process(tmp_path: Path) -> None:
    """Saved, it is known to the next one; a file that is broken, or no folder, ends nothing."""
    fields = Fields(tmp_path / "fields")
    known = Known(frozenset([5]), frozenset([7]), frozenset([6]), 3)
    fields.keep("one", known)
    fields.save()
    assert Fields(tmp_path / "fields").of("one") == known
    for broken in (b"", b"\xff", b"\x81\xa1\xff\x90", b"\x81\xa1a\x91\x91\xa1x"):
        (tmp_path / "fields").write_bytes(broken)
        assert not Fields(tmp_path / "fields").of("one").fields
    nowhere = Fields(tmp_path / "nowhere" / "fields")
    nowhere.keep("one", known)
    nowhere.save()
    (tmp_path / "nowhere").mkdir()
    nowhere.save()
    assert Fields(tmp_path / "nowhere" / "fields").of("one") == known


@pytest.mark.parametrize(
    "around",
    [
        b'[{"tagName":"select","attributes":{"type":"password"},"childNodes":[%b',
        b'[{"attributes":{"type":"password"},"id":5},%b{}]',
        b'[{"attributes":{"type":"password"},"id":5},{"attributes":{%b"id":5},"id":5}]',
        b'[{"attributes":{"type":"password"},"id":5},{"data":{%b"id":5}]',
        b'[{"attributes":{"type":"password"},"id":5},{"attributes":{%b"id":tru},"id":5}]',
    ],
)
@pytest.mark.parametrize(
    "piece",
    [
        b'"parentId":5,',
        b'{"parentId":5,"nextId":null,"node":{"type":3,"textContent":"hunter2","id":7}},',
        b'{"parentId":5,"node":{',
        b'{"tagName":"select","attributes":{"autocomplete":"cc-name"},"childNodes":[',
        b'{"type":3,"textContent":"4111","id":5},',
        b'{"type":3,"textContent":"4","id":5},',
        b'{"id":5,"attributes":{"a":',
        b'"data":{"source":5,"id":5,"text":"hunter2"},',
        b'"source":5,"text":"hunter2",',
        b'"value":"hunter2","type":"password",',
        b'"attributes":',
        b'"tagName":"input","attributes":{"id":"otp",',
        b'"node":{"id":5,',
    ],
)
def test_hostile_fields_cost_no_more_than_others(around: bytes, piece: bytes) -> None:
    """What lies within fields, and what stands in parts, is looked through once."""

    def seconds(count: int) -> float:
        scrubber = Scrubber(ScrubSettings(emails=True), fields=Fields())
        sent = around % (piece * count)
        started = time.process_time()
        with suppress(TooCostly):
            scrubber.scrub(sent, page="page")
        return time.process_time() - started

    few, many = seconds(1_000), seconds(10_000)
    assert many < 40 * few + 0.5


def test_pages_that_are_remembered_have_a_bound() -> None:
    """A stranger's replays, each with thousands of fields, take no memory that grows."""
    fields, told = Fields(), Known(frozenset(range(5000)), frozenset(range(5000, 10_000)))
    for at in range(300):
        for segment in range(3):
            known = fields.of(str(at)).then(told, segment, is_whole=True)
            fields.keep(str(at), known)
    held = [fields.of(str(at)) for at in range(300)]
    sizes = [len(known.fields) + len(known.inner) + len(known.former) for known in held]
    assert sum(sizes) <= 2048 * 192
    assert sizes[0] == 0
    assert sizes[-1] == 3 * 2048
    for at in range(7000):
        fields.keep(str(at), Known(frozenset([at])))
    assert fields.of("0") == Known()
    assert fields.of("6999") == Known(frozenset([6999]))


def test_a_flood_of_one_project_drives_out_no_other_ones_pages() -> None:
    """Whose fields are forgotten is the project with the most pages, its oldest first."""
    fields, known = Fields(), Known(frozenset([5]))
    fields.keep("1:real", known)
    for at in range(7000):
        fields.keep(f"2:{at}", known)
    assert fields.of("1:real") == known
    assert fields.of("2:0") == Known()
    assert fields.of("2:6999") == known
