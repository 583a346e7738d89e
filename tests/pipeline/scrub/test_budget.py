"""A payload made of secrets costs no more than its size allows: what is too much is cut."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.pipeline.scrub.conftest import Wash
from vedette.pipeline.scrub import Kind, Remark, TooCostly, encode_remarks, meta

MEGABYTE = 1_000_000
MOST_REMARKS = 4096 + MEGABYTE // 32
TEXTS = {
    "assignments": ("token=sesame ", "sesame"),
    "cookies": ("session_token=sesame;", "sesame"),
    "numbers": ("078-05-1120 ", "078-05-1120"),
    "cards": ("3530 1113 3330 0000 ", "3530 1113 3330 0000"),
    "tokens": ("eyJsesame0.sesame1 ", "sesame"),
    "URLs": ("pg://u:sesame@h ", "sesame"),
    "addresses": ("203.0.113.7 ", "203"),
    "e-mails": ("sesame@example.com ", "sesame"),
    "members": ('"token": "sesame" ', "sesame"),
}
PLACES = {
    "message": lambda text: {"message": text},
    "cookies": lambda text: {"request": {"cookies": text}},
    "body": lambda text: {"request": {"data": text}},
    "JSON in a body": lambda text: {"request": {"data": json.dumps({"a": text})}},
    "crumbs": lambda text: {"breadcrumbs": [{"message": text}, {"data": {"a": text}}]},
}


def rules(done: Any) -> set[str]:
    return {remark.rule for remark in done.remarks}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_full_of_secrets_is_cut_and_says_so(wash: Wash, kind: str, place: str) -> None:
    """Nothing of a secret stays, what was cut is marked, and the rest of the event lives."""
    unit, secret = TEXTS[kind]
    sent = PLACES[place](unit * (MEGABYTE // len(unit))) | {"extra": {"a": "kept"}}
    done = wash.raw(json.dumps(sent).encode(), ip_addresses=True, emails=True)
    assert secret.encode() not in done.payload
    assert json.loads(done.payload)["extra"] == {"a": "kept"}
    assert len(done.remarks) <= MOST_REMARKS
    assert len(encode_remarks(done.remarks)) < MEGABYTE
    json.dumps(meta(done.payload, done.remarks))


def test_a_cut_text_keeps_its_beginning(wash: Wash) -> None:
    """What was written before the flood is what people want to read."""
    done = wash.raw(json.dumps({"message": "disk full: " + "token=sesame " * 90_000}).encode())
    message = json.loads(done.payload)["message"]
    assert message.startswith("disk full: token=[Filtered] token=[Filtered]")
    assert message.endswith("[Filtered]")
    assert "!limit" in rules(done)


@pytest.mark.parametrize("name", ["extra", "tags", "contexts"])
def test_a_member_full_of_secrets_is_removed_and_says_so(wash: Wash, name: str) -> None:
    """One member of the event takes at most its share: what else there is, is scrubbed."""
    sent = {name: {"a": [{"token": "sesame"}] * 60_000}, "user": {"id": "7", "token": "sesame"}}
    done = wash.raw(json.dumps(sent).encode())
    assert json.loads(done.payload) == {name: None, "user": {"id": "7", "token": "[Filtered]"}}
    tree = meta(done.payload, done.remarks)
    assert tree[name] == {"": {"rem": [["!limit", "x"]]}}


@pytest.mark.parametrize(
    "sent", [["token"] * 100_000, {f"token{number}": "sesame" for number in range(60_000)}]
)
def test_what_cannot_be_cut_is_refused(wash: Wash, sent: object) -> None:
    """Nothing is stored that was not looked at."""
    with pytest.raises(TooCostly):
        wash.raw(json.dumps(sent).encode())


def test_an_ordinary_event_is_never_cut(wash: Wash) -> None:
    """A hundred secrets in ten kilobytes are far from the bound."""
    sent = {"extra": {f"a{number}": {"token": "sesame", "b": "x" * 90} for number in range(100)}}
    assert rules(wash.raw(json.dumps(sent).encode())) == {"@password:filter"}


DEEP = 30_000
LINEAR = {
    "cookies in cookies": b'{"request":{"cookies":%b1%b}}' % (b'{"sid":' * DEEP, b"}" * DEEP),
    "white space before a container": b'{"spans":[%b{%b}]}'
    % (b" " * 250_000, b",".join(b'"a%d":"x token"' % number for number in range(15_000))),
    "a long name of a container": b'{"spans":{"%b":{%b}}}'
    % (b"n" * 250_000, b",".join(b'"a%d":"x token"' % number for number in range(15_000))),
}


@pytest.mark.parametrize("kind", LINEAR)
def test_places_are_found_in_one_pass(wash: Wash, kind: str) -> None:
    """Work is linear in the text: with a quadratic step this test would take minutes."""
    payload = LINEAR[kind]
    done = wash.raw(payload)
    assert b"my token" not in done.payload
    json.dumps(meta(done.payload, done.remarks))


def test_many_remarks_on_one_value_are_read_in_one_pass() -> None:
    """An event of before the bound held a hundred thousand; its page must open."""
    remarks = tuple(
        Remark(5, 15, "@ip:replace", Kind.SUBSTITUTED, 9, (at, at + 4)) for at in range(200_000)
    )
    tree = meta(b'{"a":"[ip] [ip]"}', remarks)
    assert len(tree["a"][""]["rem"]) == 200_000


def test_remarks_after_deep_values_are_placed_in_one_pass() -> None:
    """The index of a value is not found by reading all that stands before it once more."""
    payload = b"[" * DEEP + b"1" + b',"[Filtered]"]' * DEEP
    remarks = tuple(
        Remark(at.start(), at.end(), "@ip:replace", Kind.REMOVED)
        for at in re.finditer(rb'"\[Filtered\]"', payload)
    )
    assert meta(payload, remarks)["1"] == {"": {"rem": [["@ip:replace", "x"]]}}
