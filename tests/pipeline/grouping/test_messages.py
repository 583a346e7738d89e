"""Messages: the sentence counts, the data in it does not."""

from __future__ import annotations

import argparse
import ast
import asyncio
import email
import http.client
import logging
import os
import random
import socket
import ssl
import string
import unittest
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.grouping.builder import apart, event, exception, frame, same
from vedette.pipeline.grouping import parameterise

_LETTERS = string.ascii_letters + string.digits
# What stands before, of which letters, how many, and how many of them must be found.
IDENTIFIERS = {
    "Stripe, short": ("cus_", _LETTERS, 14, 0.975),
    "Stripe": ("pi_", _LETTERS, 24, 0.99),
    "ULID": ("0", "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 25, 0.999),
    "nanoid": ("", f"{_LETTERS}-_", 21, 0.96),
    "KSUID": ("", _LETTERS, 27, 0.99),
    "cuid": ("c", string.ascii_lowercase + string.digits, 24, 0.99),
    "base64": ("", f"{_LETTERS}+/", 32, 0.97),
    "pod": ("web-7d9f8b6c5d-", "bcdfghjklmnpqrstvwxz2456789", 5, 0.999),
}
MODULES = (argparse, ast, asyncio, email, http.client, logging, os, socket, ssl, string, unittest)

EXAMPLES = [
    ("order 42 of -3 and 10,000", "order <int> of <int> and <int>"),
    ("took 1.5s, then 250 ms", "took <duration>, then <duration>"),
    ("ratio 0.25", "ratio <float>"),
    ("read 12 KB of 3.5MB", "read <size> of <size>"),
    ("user 550e8400-e29b-41d4-a716-446655440000 left", "user <uuid> left"),
    ("commit 3f2a91bc at 0x7f00ab", "commit <hex> at <hex>"),
    ("upstream 10.0.3.9:8080 and ::1 and [2001:db8::7]:443", "upstream <ip> and <ip> and <ip>"),
    ("mac 00:1a:2b:3c:4d:5e", "mac <mac>"),
    ("since 2026-11-22T01:43:42.281Z", "since <date>"),
    ("since 2026-11-22 and 11/22/2026", "since <date> and <date>"),
    ("at Sun, 22 Nov 2026 01:43:42 GMT", "at <date>"),
    ("mail to alice@example.com failed", "mail to <email> failed"),
    ("GET https://api.example/v1/x?y=1 failed", "GET <url> failed"),
    ("no file /data/7/0000beef1.txt", "no file /data/<int>/<hex>.txt"),
    ("bad value 'order 12'", "bad value <str>"),
    ("no column 'price'", "no column 'price'"),
    ("node-12 and key_41", "node-<int> and key_<int>"),
    ("version v1.2.3", "version <version>"),
    ("sha256 over utf-8 on x86_64", "sha256 over utf-8 on x86_64"),
    ("std::bad_alloc", "std::bad_alloc"),
    ("can't reach it, won't try", "can't reach it, won't try"),
    ("/tmp/tmpab12cd_9/x", "/tmp/<tmp>/x"),
    ("token eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0", "token <jwt>"),
    ("no customer cus_NffrFeUfNV2Hib", "no customer cus_<id>"),
    ("order 01HQ3YV3J2X8W4ZB6N9K7M5P1R", "order <id>"),
    ("upload_01HQ3YV3J2X8W4ZB6N9K7M5P1R.png", "upload_<id>.png"),
    ("pod web-7d9f8b6c5d-x2x9z and web-66bd9c4f7b-qwrtp", "pod web-<pod> and web-<pod>"),
    ("job sync-28374920-x2x9z", "job sync-<pod>"),
    ("bad SGVsbG8gV29ybGQhIQ== here", "bad <id> here"),
    ("key k3Jf9s_-dKq2LmP", "key <id>"),
    ("HttpServletRequest on Http2Stream", "HttpServletRequest on Http2Stream"),
    ("total 1.234,56 or 99,00 or 1,234.5", "total <float> or <float> or <float>"),
    ("missing ids: [12, 15, 99]", "missing ids: [<int>]"),
    ("missing ids: [7]", "missing ids: [<int>]"),
    ("lines 1, 2, 3 and 4", "lines <int>"),
    ("Jan  2 03:04:05 worker", "<date> worker"),
    ("[10/Oct/2000:13:55:36 -0700] GET", "[<date>] GET"),
    ("at Sunday, 06-Nov-94 08:49:37 GMT", "at <date>"),
    ("at Mon Jan  2 15:04:05 2006", "at <date>"),
    ("on Jan 2nd, 2024 and 2 January 2024", "on <date> and <date>"),
    ("am 02.01.2024 03:04 und 2024/01/02", "am <date> und <date>"),
    ("I0102 03:04:05.123456 x", "<date> x"),
    ("by fe80::1%eth0 and [fe80::1%eth0]:5432", "by <ip> and <ip>"),
    ('{"name": "Alice", "age": 3}', '{"name": <str>, "age": <number>}'),
    ("{'name': 'Bob'}", "{'name': <str>}"),
    ("Datei „Angebot Müller.pdf“ fehlt", "Datei <str> fehlt"),
    ("« fichier 3 » et “two words” et ‘a b’", "<str> et <str> et <str>"),
    ("colonne «prix» et “price”", "colonne «prix» et “price”"),
    ("第3行 第12行 第三行 １２件", "第<int>行 第<int>行 第<int>行 <int>件"),
    ("at 3:04 PM for PT1H30M", "at <date> for <duration>"),
    ("cannot preload /assets/index-BxTqRsUv.css", "cannot preload /assets/index.css"),
    ("no chunk main-LRTZXBGJ.js, vendors.js", "no chunk main.js, vendors.js"),
    ("five items of two orders", "<int> items of <int> orders"),
    ("two factor login", "two factor login"),
    ("order May fail, Sat at noon", "order May fail, Sat at noon"),
    ("redirect-https for my-nginx-proxy", "redirect-https for my-nginx-proxy"),
]


@pytest.mark.parametrize(("before", "after"), EXAMPLES)
def test_data_is_replaced_and_words_stay(before: str, after: str) -> None:
    """Each kind of data has its placeholder."""
    assert parameterise(before) == after


@given(st.text(alphabet="ab1-.:/@ '\"x0[]", max_size=3_000) | st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """No text makes it raise or grow without bound."""
    assert len(parameterise(text)) <= 6 * 2_000


def test_templates_group_whatever_was_filled_in() -> None:
    """The template is what was written; the formatted text is for people."""
    assert same(
        event("python", logentry={"message": "hello %s", "formatted": "hello Alice"}),
        event("python", logentry={"message": "hello %s", "formatted": "hello Bob"}),
        event("python", logentry={"message": "hello %s"}),
    )


@pytest.mark.parametrize(
    "template", ["%s", "{}", "{0}", "%(text)s", "{}: {}", "{Message}", "%s - %d"]
)
def test_a_template_of_placeholders_is_no_sentence(template: str) -> None:
    """`logger.error("%s", text)`: then what was filled in is all there is."""
    assert apart(
        event("python", logentry={"message": template, "formatted": "queue is closed"}),
        event("python", logentry={"message": template, "formatted": "limiter is not started"}),
    )
    assert same(
        event("python", logentry={"message": template, "formatted": "job 7 is lost"}),
        event("python", logentry={"message": template, "formatted": "job 12 is lost"}),
    )


def test_a_template_groups_although_its_parameters_came_beside_it() -> None:
    """Older SDKs leave it to the server to fill the template in."""
    assert same(
        event("python", logentry={"message": "log error %s", "params": [42]}),
        event("python", logentry={"message": "log error %s", "params": ["a b"]}),
    )
    assert apart(
        event("python", logentry={"message": "%s", "params": ["queue is closed"]}),
        event("python", logentry={"message": "%s", "params": ["limiter is not started"]}),
    )


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_identifiers_of_machines_are_data(kind: str) -> None:
    """Nearly all of them, whatever letters were drawn."""
    dice, (before, alphabet, length, least) = random.Random(kind), IDENTIFIERS[kind]
    drawn = ["".join(dice.choices(alphabet, k=length)) for _ in range(2_000)]
    found = Counter(parameterise(f"no {before}{one} here") for one in drawn)
    assert max(found.values()) / len(drawn) >= least


def test_names_in_source_code_are_no_identifiers() -> None:
    """The public names of the standard library stay, whatever they look like."""
    found = {name for module in MODULES for name in dir(module) if len(name) >= 8}
    changed = {name for name in found if "<id>" in parameterise(f"no {name} here")}
    assert len(found) > 1_000
    assert len(changed) / len(found) <= 0.002


def test_formatted_messages_group_without_their_data() -> None:
    """A message that was formatted before it was reported is still recognised."""
    assert same(event("go", message="job 12 failed"), event("go", message="job 907 failed"))
    assert apart(event("go", message="job 12 failed"), event("go", message="job 12 started"))


def test_where_a_message_was_reported_does_not_matter() -> None:
    """Two messages reported through one logging function are two issues, and the reverse."""
    log, other = frame("log", "shop.log"), frame("alert", "shop.log")
    threads = [{"current": True, "stacktrace": {"frames": [log]}}]
    assert apart(
        event("python", message="cart is empty", threads={"values": threads}),
        event("python", message="disk is full", threads={"values": threads}),
    )
    synthetic = {"type": "generic", "synthetic": True}
    captured = {"type": None, "value": "disk is full", "mechanism": synthetic}
    assert same(
        event("javascript", captured | {"stacktrace": {"frames": [log]}}, message="disk is full"),
        event("javascript", captured | {"stacktrace": {"frames": [other]}}),
        event("javascript", message="disk is full"),
    )


def test_an_exception_is_stronger_than_a_message() -> None:
    """What was logged beside an exception does not split the exception's issue."""
    bug = exception("KeyError", frame("a", "m"))
    assert same(
        event("python", bug, message="while paying"), event("python", bug, message="on exit")
    )


def test_security_reports_group_by_directive_and_host() -> None:
    """Each blocked image of one host is one issue."""

    def report(directive: str, uri: str) -> dict[str, object]:
        return {
            "type": "csp",
            "logentry": {"formatted": f"Blocked {uri}"},
            "tags": {"effective-directive": directive, "blocked-uri": uri},
        }

    assert same(
        event("javascript", **report("img-src", "https://evil.example/a.png")),
        event("javascript", **report("img-src", "https://evil.example/b.png")),
    )
    assert apart(
        event("javascript", **report("img-src", "https://evil.example/a.png")),
        event("javascript", **report("script-src", "https://evil.example/a.js")),
        event("javascript", **report("img-src", "https://other.example/a.png")),
        event("javascript", **report("script-src", "inline")),
    )


def test_events_that_say_nothing_group_by_their_origin() -> None:
    """Logger and transaction are all that is left."""
    assert same(event("python"), event("python"))
    assert apart(event("python", logger="a"), event("python", logger="b"), event("python"))


# One sentence with two data.
ONE = [
    ("3. Januar 2024: Fehler", "12. Dezember 2025: Fehler"),
    ("le 3 janvier 2024 échec", "le 12 décembre 2025 échec"),
    ("el 3 de enero de 2024 falló", "el 12 de agosto de 2025 falló"),
    ("Mon Jan  2 15:04:05 MST 2006 down", "Tue Dec 12 09:11:00 CET 2025 down"),
    ("took 1m30s", "took 45s"),
    ("progress 45%", "progress 99.5%"),
    ("€12 refused", "€1,200.50 refused"),
    ("Body: {'ok': True, 'n': None}", "Body: {'ok': False, 'n': None}"),
    ('Body: {"price": -1.5e3}', 'Body: {"price": 2}'),
    ("Fil ”Rapport 1.pdf” saknas", "Fil ”Plan 2.pdf” saknas"),
    ("IBAN DE89370400440532013000 invalid", "IBAN FR7630006000011234567890189 invalid"),
    ("MAC 00:1A:2B:3C:4D:5E bad", "MAC 0a-bb-cc-dd-ee-ff bad"),
]
# Two sentences that look like one with data.
TWO = [
    ('{"error":"card_declined"}', '{"error":"expired_card"}'),
    ('{"code":"NOT_FOUND","message":"x"}', '{"code":"CONFLICT","message":"x"}'),
    ('Stripe: {"type": "card_error"}', 'Stripe: {"type": "api_error"}'),
    (r"Class 'App\Cart' not found", r"Class 'App\Menu' not found"),
    ("Cannot find module './cart/index'", "Cannot find module './menu/index'"),
    ("Cannot find module '@acme/cart'", "Cannot find module '@acme/menu'"),
    ("HTTP 404 from payment", "HTTP 500 from payment"),
    ("ORA-00942 raised", "ORA-01017 raised"),
    ("H264DecoderFailed", "H265DecoderFailed"),
    ("/app/services/b2b-cart.js failed", "/app/services/b2c-cart.js failed"),
    ("12 décisions", "12 dépôts"),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_one_sentence_with_other_data(one: str, other: str) -> None:
    """Dates of any language, amounts, parts of a hundred, values of JSON."""
    assert parameterise(one) == parameterise(other)


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_sentences(one: str, other: str) -> None:
    """What names the error in JSON, classes, modules, statuses."""
    assert parameterise(one) != parameterise(other)
