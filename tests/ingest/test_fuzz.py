"""No input gives a 5xx: every endpoint with hostile paths, queries, headers and bodies."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ingest.doorway import EVENT, KEY, Doorway, doorway
from vedette.ingest.endpoints import CONVERTERS

PATHS = [
    "/api/42/envelope/",
    "/api/42/store/",
    "/api/store/",
    "/api/42/security/",
    "/api/42/csp-report/",
    "/api/42/nel/",
    "/api/42/minidump/",
    f"/api/42/unreal/{KEY}/",
    "/api/42/events/" + "c" * 32 + "/attachments/",
    "/api/42/cron/nightly/",
    f"/api/42/cron/nightly/{KEY}/",
    f"/api/42/heartbeat/nightly/{KEY}/3",
    "/api/42/integration/otlp/v1/logs/",
    "/api/42/otlp/v1/traces",
    "/api/embed/error-page/",
    f"/api/feedback/{KEY}/",
    "/api/0/projects/lantern/shop/user-feedback/",
    "/api/\u0664\u0662/envelope/",
    "/api/99999999999999999999/envelope/",
]
TYPES = [
    "application/json",
    "application/x-sentry-envelope",
    "application/csp-report",
    "application/x-protobuf",
    "multipart/form-data; boundary=b",
    "multipart/form-data; boundary=" + "b" * 300,
    'multipart/form-data; boundary="',
    "multipart/form-data",
    "\xff",
]
QUERIES = [
    "",
    f"sentry_key={KEY}",
    "&".join(f"sentry_key={KEY}" for _ in range(120)),
    "&".join(f"a{number}=b" for number in range(1500)),
    f"sentry_key={KEY}&sentry_version=nan",
    f"sentry_key={KEY}&sentry_version=1e400",
    "sentry_key=%ff&sentry_data=%00",
    "status=ok&duration=nan&environment=%F0",
    "sentry_data=eyJ9",
]
HEADERS = {
    "content-type": st.sampled_from(TYPES) | st.text(max_size=30),
    "content-encoding": st.sampled_from(
        ["gzip", "deflate", "br", "zstd", "gzip, br", ",,", "\xff"]
    ),
    "origin": st.sampled_from(["http://[", "null", "http://x.example", "\xff", ""]),
    "authorization": st.sampled_from(
        ["Basic !!!", "Basic \xff", "Sentry", "Sentry sentry_key", "Bearer x", "Sentry =,=,="]
    ),
    "x-sentry-auth": st.sampled_from(
        [f"Sentry sentry_key={KEY}", "Sentry sentry_key=%", "sentry \n", "Sentry " + "a=b," * 900]
    ),
    "content-length": st.sampled_from(["-1", "x", "9" * 5000, "\u00b2"]),
    "x-forwarded-for": st.text(max_size=20),
}
JSON_LIKE = st.sampled_from(
    [
        b"{}", b"[]", b"null", b"NaN", b'{"csp-report":{}}', b'[{"type":"x","body":null}]',
        b'{"event_id":[],"type":{}}', b'{"event_id":1e999}', b"[" * 200_000, b'{"a":' * 5000,
        b'{"\xed\xa0\x80":"\xed\xa0\x80"}', b'{"event_id":"' + b"0" * 32 + b'"}',
    ]
)  # fmt: skip
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="upload_file_minidump"; filename="x"\r\n\r\n'
    b'MDMP\r\n--b\r\nContent-Disposition: form-data; name="sentry[a][b]"\r\n\r\nx\r\n--b--\r\n'
)
ITEMS = [
    b'{}\n{"type":"event"}\n{}\n',
    b'{"dsn":"http://[","event_id":5}\n{"type":"event","length":-1}\n{}',
    b'{"dsn":"http://' + KEY.encode() + b'@h/\xd9\xa4"}\n{}\n',
    b'{}\n{"type":"event","length":18446744073709551616}\n{}',
    b'{}\n{"type":"' + b"x" * 5000 + b'"}\n{}',
    b"{}\n" + b'{"type":"event"}\n{}\n' * 1100,
    b"{}\n" + b" \n" * 10_000,
    b'{}\n{"type":"\xff"}\n{}',
    FORM,
    EVENT,
]
BODIES = st.binary(max_size=200) | JSON_LIKE | st.sampled_from(ITEMS)
PACKED = st.one_of(BODIES, BODIES.map(gzip.compress), BODIES.map(zlib.compress))


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorway]:
    """One door for all examples; one of its keys has allowed domains."""
    with doorway(tmp_path_factory.mktemp("fuzzed") / "data") as held:
        yield held


def test_every_endpoint_is_fuzzed(tmp_path: Path) -> None:
    """A new endpoint belongs into the list above."""
    with doorway(tmp_path / "data") as held:
        found = {route.endpoint for path in PATHS if (route := held.door.route(path)) is not None}
    assert found == {"envelope", *CONVERTERS}


@settings(max_examples=600, deadline=None)
@example("/api/42/minidump/", "POST", "", {"content-type": TYPES[5]}, FORM)
@example("/api/42/security/", "POST", QUERIES[3], {"content-type": TYPES[0]}, b"{}")
@example("/api/42/envelope/", "POST", QUERIES[2], {"origin": "http://["}, EVENT)
@given(
    st.sampled_from(PATHS),
    st.sampled_from(["POST", "GET", "PUT", "OPTIONS"]),
    st.sampled_from(QUERIES) | st.text(max_size=30),
    st.fixed_dictionaries({}, optional=HEADERS),
    PACKED,
)
def test_no_input_is_a_fault_of_ours(
    fuzzed: Doorway, path: str, method: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    """An answer below 500 with CORS headers, whatever is sent."""
    sent = {
        name: value.encode("utf-8", "surrogatepass").decode("latin-1")
        for name, value in headers.items()
    }
    auth = "x-sentry-auth" not in sent and "sentry_key" not in query
    answer = fuzzed.send(
        path, body, method=method, query=query.replace("\ud800", ""), headers=sent, auth=auth
    )
    assert answer.status < 500, answer.body
    assert answer.headers["access-control-allow-origin"] == "*"
