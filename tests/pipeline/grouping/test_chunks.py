"""Chunk names of every bundler: a rebuild is the same file, another chunk is another."""

from __future__ import annotations

import random

import pytest

from tests.pipeline.grouping.builder import apart, crash, frame, same
from tests.pipeline.grouping.bundlers import NAMED, NAMELESS, WORDS, names, rebuilt
from vedette.pipeline.grouping.chunks import chunk_name
from vedette.pipeline.grouping.languages._scripts import script_path
from vedette.wire.event import Event

HOST = "https://shop.example/"
COUNT = 10_000


def at(file: str) -> Event:
    """A crash in a bundled file."""
    return crash("javascript", frame("t", filename=HOST + file))


@pytest.mark.parametrize("bundler", NAMED)
def test_a_rebuilt_chunk_keeps_its_name_and_no_two_share_one(bundler: str) -> None:
    """At least 99.5 % of 10,000 chunks are equal after a rebuild; none equals another."""
    dice = random.Random(bundler)
    rule = NAMED[bundler]
    equal, taken = 0, {}
    for name in names(COUNT, dice):
        one, other = (script_path(HOST + built) for built in rebuilt(rule, name, dice))
        equal += one == other
        assert taken.setdefault(one, name) == name
    assert equal / COUNT >= 0.995


@pytest.mark.parametrize("bundler", NAMELESS)
def test_a_chunk_without_a_name_is_its_folder(bundler: str) -> None:
    """What is only a hash or a number says nothing from one build to the next."""
    dice = random.Random(bundler)
    found = [script_path(HOST + NAMELESS[bundler](dice)) for _ in range(COUNT)]
    assert max(map(found.count, set(found[:20]))) / COUNT >= 0.9975


def test_names_without_a_hash_are_kept() -> None:
    """A build without hashes, or a file from before the build: words stay words."""
    dice = random.Random(7)
    plain = [*names(COUNT, dice), *WORDS]
    changed = [name for name in plain if chunk_name(f"{name}.js") != f"{name}.js"]
    assert len(changed) / len(plain) <= 0.002


_WRITTEN = (
    "order-v2 cards-v2 cart-2fa b2b-cart b2c-cart e2e-test p2p-chat O2O-shop s3upload"
    " d3charts k8spanel h5player a11y-nav html5qr mp4-play rx-query tz-utils fx-rates POS-view"
    " KYC-form SMSInbox USBPanel WSClient JSXGraph zakaznik vyrobky uzytkownik vue-i18n grpc-web"
    " OrderV2 PageV2Nav W3CBaggagePropagator login-form i18n-ext l10n-ext sha256 step2"
)


@pytest.mark.parametrize("name", _WRITTEN.split())
def test_a_name_that_a_person_wrote_is_kept(name: str) -> None:
    """Versions, technologies, acronyms and words of any language are no hashes."""
    assert chunk_name(f"{name}.js") == f"{name}.js"


@pytest.mark.parametrize("name", ["DqPw_71a", "b3kq9xza", "deadbeef", "cart-B3kQ9xZa"])
def test_a_module_of_a_server_keeps_its_name(name: str) -> None:
    """Only what a bundler wrote is a chunk, in the folders into which bundlers write."""

    def of_server(folder: str, name: str) -> Event:
        file = f"/app/{folder.replace('.', '/')}/{name}.js"
        return crash("node", frame("handler", f"{folder}:{name}", filename=file))

    assert apart(of_server("src.services", name), of_server("src.services", "Xy9Zw8Vu"))
    assert same(
        of_server("build.server.chunks", "cart-B3kQ9xZa"),
        of_server("build.server.chunks", "cart-XyZwVuTs"),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("assets/user-profile-B3kQ9xZa.js", "assets/user-profile-XyZwVuTs.js"),
        ("assets/UserProfile-DqPw_71a.js", "assets/UserProfile-HaSFLJAT.js"),
        ("assets/rate-limit-D-bQ4xZ9.js", "assets/rate-limit--aBcDeFg.js"),
        ("assets/index-CzKfLmNo.js", "assets/index-Dabcdefg.js"),
        ("main-5NWZCJ6K.js", "main-LRTZXBGJ.js"),
        ("_nuxt/DC5Mz6Kz.js", "_nuxt/B3xRs_Uv.js"),
        ("_app/immutable/nodes/3.DNW6LhfW.js", "_app/immutable/nodes/3.Bo6GAc3m.js"),
        ("main-es5.3f2a91bc77aa0011.js", "main-es2015.00ddf4e1a2b3c4d5.js"),
        ("main-es5.js", "main-es2015.js"),
        ("polyfills.es5.js", "polyfills.es2017.js"),
        ("assets/index-legacy-B3kQ9xZa.js", "assets/index-Ck2mPq8r.js"),
        ("_next/static/chunks/1z99mlp5cofct.js", "_next/static/chunks/0~dckf69l39fe.js"),
        (
            "_next/static/abcDEFghiJKLmnoPQRstu/pages/a.js",
            "_next/static/q-Z_xKd8Lw0aRtYvBnM31/pages/a.js",
        ),
        (
            "_next/static/chunks/app/[id]/page-9aa01f2be3c4d5f6.js",
            "_next/static/chunks/app/[id]/page-00ddf4e1a2b3c4d5.js",
        ),
        ("3f2a91bc.app.js", "00ddf4e1.app.js"),
        ("a1b2c3d/static/app.js", "d4e5f60/static/app.js"),
        ("assets/jquery-3.6.0.min.js", "assets/jquery-3.7.1.min.js"),
        ("static/bundle.v1.2.3.js", "static/bundle.v1.3.0.js"),
        ("assets/chunk.143.3f2a91bc12345678aabb.js", "assets/chunk.7.aabbccddeeff00112233.js"),
        ("polyfills.3f2a91bc12345678.js", "polyfills.aabbccddeeff0011.js"),
    ],
)
def test_a_deployment_is_not_another_file(one: str, other: str) -> None:
    """Hashes with digits or without, in one case or in two, with a dash or a low line inside."""
    assert same(at(one), at(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("assets/user-profile-B3kQ9xZa.js", "assets/user-settings-B3kQ9xZa.js"),
        ("assets/checkout-payments.js", "assets/checkout-delivery.js"),
        ("assets/UserList.js", "assets/UserForm.js"),
        ("settings.js", "payments.js"),
        ("wizard-step-2-B3kQ9xZa.js", "wizard-step-3-B3kQ9xZa.js"),
        ("page-a-3f2a91.js", "page-b-3f2a91.js"),
        ("page-1042-B3kQ9xZa.js", "page-1043-B3kQ9xZa.js"),
        ("report-2024.js", "report-2025.js"),
        ("src/orders.ts", "src/DqPw_71a.ts"),
        ("_app/immutable/nodes/2.DNW6LhfW.js", "_app/immutable/nodes/3.Bo6GAc3m.js"),
        ("checkout-es5.js", "account-es5.js"),
        ("checkout-legacy.js", "checkout.js"),
    ],
)
def test_another_chunk_is_another_file(one: str, other: str) -> None:
    """Whatever a person named tells two bugs apart."""
    assert apart(at(one), at(other))
