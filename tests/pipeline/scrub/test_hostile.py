"""Payloads made to break a scrubber: spelled oddly, broken, deep, or endless."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.pipeline.scrub.conftest import Wash
from vedette.pipeline.scrub import Scrubber, ScrubSettings, TooCostly, meta

HALF_MEGABYTE = 500_000
EVERYTHING = ScrubSettings(ip_addresses=True, emails=True, sensitive_fields=("mysekret",))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (rb'{"extra":{"p\u0061ssword":"x"}}', {"password": "[Filtered]"}),
        (rb'{"extra":{"\u0050\u0041SSWORD":"x\n\"y"}}', {"PASSWORD": "[Filtered]"}),
        (rb'{"\u0065xtra":{"token" : "x"}}', {"token": "[Filtered]"}),
        (rb'{"extra":{"a":"4111\u002d1111-1111-1111"}}', {"a": "[Filtered]"}),
        (rb'{"extra":{"a":"\n4111111111111111\n"}}', {"a": "\n[Filtered]\n"}),
        (rb'{"extra":{"a":"pg:\/\/u:p\u0026w@h\u0022"}}', {"a": 'pg://u:[Filtered]@h"'}),
        (rb'{"extra":{"a":"\\","token":"x"}}', {"a": "\\", "token": "[Filtered]"}),
        (rb'{"extra":{"a":"\\\"","token":"\\"}}', {"a": '\\"', "token": "[Filtered]"}),
        (rb'{"extra":{"a":"} ] \" : {","token":["}","]"]}}', {"a": '} ] " : {', "token": None}),
        (rb'{"extra":{"\\u0070assword":"x"}}', {r"\u0070assword": "x"}),
        (rb'{"extra":{"a":"\ud800 078-05-1120"}}', {"a": "\ud800 [Filtered]"}),
        (
            '{"extra":{"a":"h\u00e4 pg://u:\u00e4@h \U0001f600"}}'.encode(),
            {"a": "h\u00e4 pg://u:[Filtered]@h \U0001f600"},
        ),
    ],
)
def test_spelling_does_not_hide_a_secret(wash: Wash, sent: bytes, kept: dict[str, object]) -> None:
    """Escapes, quotes and brackets inside strings change nothing."""
    assert json.loads(wash.raw(sent).payload) == {"extra": kept}


def test_white_space_and_order_are_kept(wash: Wash) -> None:
    """Outside the changed value every byte stays where it was."""
    sent = b'\n{ "z" :\t[ 1.50e0 , {"token"\n:\r\n "abc" } ] ,"a":-0 }\n'
    kept = b'\n{ "z" :\t[ 1.50e0 , {"token"\n:\r\n "[Filtered]" } ] ,"a":-0 }\n'
    assert wash.raw(sent).payload == kept


def test_repeated_names_are_all_found(wash: Wash) -> None:
    """A name given twice hides neither of its values, also at the top."""
    sent = b'{"extra":{"token":"a","token":"b"},"extra":{"token":"c"},"token":"d","token":"e"}'
    done = wash.raw(sent).payload
    assert done.count(b'"[Filtered]"') == 5
    assert wash.raw(done).payload == done


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b'"password"',
        b'"Bearer abc"',
        b"[]",
        b'["password", "x"]',
        b'{"password"',
        b'{"password":',
        b'{"password":"x',
        b'{"password":{"a":[}',
        b'{"a":NaN,"password":"x"}',
        b'}{]["password":"x"',
        b'{"password":"x"}}}}} "token":"y"',
        b'\xff\xfe{"password":"\xff"}',
        b'{"extra":{"password":"\xff"}}',
        b"password=x",
        b'{"extra":{"a":"\\u00zz token"}}',
        b'"""""token"""""',
    ],
)
def test_what_is_not_json_does_not_raise(wash: Wash, payload: bytes) -> None:
    """A broken payload comes back; where strings can be told, secrets are gone."""
    done = wash.raw(payload, ip_addresses=True, emails=True)
    assert b'"x"' not in done.payload or b'"password":"x"' not in done.payload


def test_not_a_number_does_not_stop_scrubbing(wash: Wash) -> None:
    """Older SDKs send NaN, which strict JSON does not know."""
    assert wash.raw(b'{"a":NaN,"extra":{"token":"x"}}').payload == (
        b'{"a":NaN,"extra":{"token":"[Filtered]"}}'
    )


@pytest.mark.parametrize("unit", ['{"token":', '{"a":', "[", '{"cookie":', '["token",', '{"vars":'])
def test_depth_is_no_danger(wash: Wash, unit: str) -> None:
    """A nest of thirty thousand containers is scrubbed like any other, or refused."""
    closing = "".join("}" if bracket == "{" else "]" for bracket in unit if bracket in "{[")
    deep = unit * 30_000 + '"my token=sesame"' + closing * 30_000
    try:
        done = wash.raw(f'{{"extra":{deep}}}'.encode())
    except TooCostly:
        return
    assert b"sesame" not in done.payload
    meta(done.payload, done.remarks)


@pytest.mark.parametrize("unit", ['{"cookie":', '["token",'])
def test_a_nest_of_secrets_is_scrubbed(wash: Wash, unit: str) -> None:
    """Fifteen hundred containers, each with a name that is looked at, are none too many."""
    closing = ("}" if unit[0] == "{" else "]") * 1_500
    done = wash.raw(f'{{"extra":{unit * 1_500}"my token=sesame"{closing}}}'.encode())
    assert b"sesame" not in done.payload


NEAR_MISSES = {
    "mail": ("a" * 64 + "@") * (HALF_MEGABYTE // 65),
    "card": "4111-1111-1111-111x-" * (HALF_MEGABYTE // 20),
    "digits": "4" * HALF_MEGABYTE,
    "key": "-----BEGIN RSA PRIVATE KEY----- " * (HALF_MEGABYTE // 32),
    "address": "1.2.3." * (HALF_MEGABYTE // 6),
    "groups": "a:" * (HALF_MEGABYTE // 2),
    "url": "://a:" * (HALF_MEGABYTE // 5),
    "jwt": "eyJaaaaa." * (HALF_MEGABYTE // 9),
    "iban": "DE89 3704 0044 0532 " * (HALF_MEGABYTE // 20),
    "word": "token" * (HALF_MEGABYTE // 5),
    "assignment": "token" * (HALF_MEGABYTE // 10) + "=" * (HALF_MEGABYTE // 2),
    "quotes": '"token\\' * (HALF_MEGABYTE // 7),
    "brackets": "{[" * (HALF_MEGABYTE // 2),
    "cookies": "session" * (HALF_MEGABYTE // 7),
    "pairs": "a=b&" * (HALF_MEGABYTE // 4) + "token",
}
SHAPES: dict[str, Callable[[str], object]] = {
    "message": lambda text: {"message": text},
    "extra": lambda text: {"extra": {"a": text}},
    "body": lambda text: {"request": {"data": text}},
    "cookies": lambda text: {"request": {"cookies": text}},
    "name": lambda text: {"extra": {text: 1}},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", NEAR_MISSES)
def test_half_a_megabyte_of_near_misses_is_no_danger(
    scrubber: Callable[[ScrubSettings], Scrubber], kind: str, shape: str
) -> None:
    """Work is linear: with a quadratic step this test would take hours (attack case SEC-52)."""
    payload = json.dumps(SHAPES[shape](NEAR_MISSES[kind])).encode()
    json.loads(scrubber(EVERYTHING).scrub(payload).payload)


@pytest.mark.parametrize(
    "unit",
    [
        '{"data":"token"},',
        '{"data":{"a":["token",1]}},',
        '"token",',
        '["token",["a"]],',
        '{"cookies":"a=b"},',
        '{"token":1},',
        '{"a":[[]]},',
    ],
)
def test_many_small_hits_are_no_danger(wash: Wash, unit: str) -> None:
    """A hundred thousand containers with a trigger each are visited once each."""
    many = (unit * (HALF_MEGABYTE // len(unit))).removesuffix(",")
    done = wash.raw(f'{{"spans":[{many}]}}'.encode())
    json.loads(done.payload)
    meta(done.payload, done.remarks)


@pytest.mark.parametrize("field", ["(a+)+$", "a{1,1000}{1,1000}", "[", "\\", "(?P<x>", "\x00"])
def test_own_fields_are_never_expressions(wash: Wash, field: str) -> None:
    """A project's field cannot make a slow or broken expression (attack case SEC-53)."""
    value = {"extra": {"a": "a" * 50_000 + "!"}}
    assert wash(value, sensitive_fields=(field,)) == value
