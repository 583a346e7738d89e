"""What is done to a good request: parameters, path, headers, method, framing.

A change takes the source of chance and the request, which it changes in place. Those of bodies
are in `bodies`.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.mutation.request import Request

Change = Callable[[Random, Request], None]

ODD = (
    *("", " ", "0", "-1", "-0", "²", "٣", "۴۲", "1" * 400, "9" * 19, str(1 << 63), str(1 << 64)),
    *("1e999", "-1e999", "NaN", "Infinity", "0x10", "1_000", "true", "null", "[]", "{}", "1.5"),
    *("\x00", "a\x00b", "\x01\x1f\x7f", "%", "%00", "%zz", "%25", "\\", "'", '"', "<", "`;--"),
    *("*" * 300, "x" * 5000, "a:" * 2000, "(" * 3000, "\u202e", "\u200b", "😀", "é" * 200),
    *("\ud800", "\udfff", "\ufeff", "\uffff", "\u2028", "İ", "ß" * 100, "a\r\nX-B: c", "\t"),
    *("0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"),
    *("1969-12-31T23:59:60Z", "2026-02-30", "253402300800", "-62135596801", "1e18", "now"),
    *("n:1:1", "p:99999999999999999:999999999999999999", "n:²:²", "0:0:1", "1:" + "a" * 32),
    *("o:" + "9" * 400, "99999999999999999:" + "f" * 32, ":::", "n:-1:-1", "0:-100:0"),
    *("14d", "99999w", "0s", "-1d", "1" * 40 + "h", "latest", "oldest", "id:" + "9" * 40),
    *("timesSeen:>" + "9" * 40, "firstSeen:>0001-01-01", "age:-99999w", "a:[b", "a:[b,c]"),
    *("NOT", "OR OR", "(a OR", ")", "!has:x", "has:", "message:*" + "a*" * 40, 'a:"', "is:x"),
    *("../../../etc/passwd", "..%2f..%2f", "//evil.example", "/\\evil", "javascript:alert(1)"),
    *("{{7*7}}", "${7*7}", "{% include 'x' %}", "%s%s%n", "a@b", "-" * 32, "f" * 32, "F" * 31),
)  # fmt: skip
NAMES = (
    *("cursor", "query", "sort", "period", "start", "end", "project", "environment", "since"),
    *("key", "prefix", "text", "frames", "platform", "next", "kind", "outcome", "download", "full"),
    *("statsPeriod", "limit", "per_page", "interval", "field", "groupBy", "category", "reason"),
    *("src", "do", "status", "issue", "email", "password", "name", "sentry_key", "sentry_version"),
    *("sentry_data", "sentry_client", "expand", "collapse", "utc", "shortIdLookup", "tab", "page"),
    *("sentry_release", "sentry_environment", "UserID", "AppVersion", "check_in_id", "duration"),
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "Host": ("", "evil.example", "127.0.0.1:99999", "[::1", "[", "a b", "é", "x" * 300, "a,b"),
    "Origin": ("http://[", "null", "https://evil.example", "é", "", "http://127.0.0.1.evil", "//"),
    "Referer": ("http://[", "https://evil.example/", "x" * 3000, "é"),
    "Cookie": ("=", ";;;", "vedette_session=" + "x" * 4000, "vedette_csrf=é", "a=" * 500, '"'),
    "Accept": ("*/*;q=x", "application/json", "text/html;" * 100, "é", ""),
    "Accept-Language": ("*", "x" * 3000, "de;q=NaN", "zh-" + "a-" * 300, "é", ","),
    "Accept-Encoding": ("*", "gzip;q=NaN", "br, zstd", "x" * 3000, "identity;q=0"),
    "Content-Type": (
        *("application/json; charset=utf-7", "application/json; charset=x", "multipart/form-data"),
        *("multipart/form-data; boundary=" + "b" * 300, 'multipart/form-data; boundary="', "é"),
        *("application/x-www-form-urlencoded; charset=utf-16", "text/plain", "a/b/c", "", ";"),
        *("application/x-protobuf", "application/csp-report", "application/x-sentry-envelope"),
    ),
    "Content-Encoding": ("gzip", "br", "zstd", "deflate", "gzip, br", ",,", "x-foo", "é", "GZIP "),
    "Range": ("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=" + "0-1," * 900, "x", "bytes=²-"),
    "Authorization": (
        *("Bearer", "Bearer ", "Bearer é", "Bearer " + "x" * 4000, "Basic !!!", "Basic é"),
        *("Sentry", "Sentry sentry_key", "Sentry =,=", "Token sntryu_" + "0" * 64, "DSN http://["),
    ),
    "X-Sentry-Auth": ("Sentry", "Sentry sentry_key=%", "Sentry " + "a=b," * 900, "é", "x"),
    "X-Forwarded-For": ("é", "1.2.3.4, " * 300, "[::1]:x", "256.1.1.1", ""),
    "X-Forwarded-Host": ("evil.example", "a, b", "é"),
    "X-Forwarded-Proto": ("https", "x", ""),
    "If-Modified-Since": ("x", "Thu, 01 Jan 0000 00:00:00 GMT", "Sun, 99 Nov 9999 99:99:99 GMT"),
    "If-None-Match": ("*", '"', 'W/"' + "x" * 3000, "é"),
    "HX-Request": ("true", "é"),
    "HX-Current-URL": ("http://[", "é", "//evil.example"),
    "Last-Event-ID": ("x", "," * 3000, "é", "9" * 400),
    "Expect": ("100-continue", "x"),
    "Upgrade": ("h2c", "websocket"),
    "Content-Length": ("-1", "x", "9" * 30, "²", "1, 2", "+1", "0x1"),
    "Transfer-Encoding": ("chunked", "gzip, chunked", "identity", "x", "chunked, chunked"),
}
METHODS = (
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "CONNECT"),
    *("get", "X", "GET" * 30, "é"),
)
_FRAMING = frozenset({"content-length", "transfer-encoding", "expect", "upgrade", "host"})
_PIECES = (
    *(b"\r\n", b"\n", b"\r", b"\0", b" ", b":", b"\xff", b"%zz", b"//", b"?", b"#", b"\xc3\xa9"),
    *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"HTTP/1.0", b"HTTP/9.9"),
    *(b"X: " + b"y" * 20_000, b"X-Y: z\r\n" * 150, b"GET / HTTP/1.1\r\n\r\n", b"http://[", b"\t"),
)


def parameter(chance: Random, request: Request) -> None:
    """Add, change or repeat a parameter, of those that are there or of any."""
    name = chance.choice(NAMES)
    if request.query and chance.random() < 0.6:
        name = chance.choice(request.query)[0]
    times = chance.choice((1, 1, 1, 2, 40))
    if chance.random() < 0.5:
        request.query = [pair for pair in request.query if pair[0] != name]
    request.query += [(name, value(chance)) for _ in range(times)]


def name_of_parameter(chance: Random, request: Request) -> None:
    """A parameter by a name that nobody knows."""
    request.query.append((value(chance), value(chance)))


def path(chance: Random, request: Request) -> None:
    """Another text for a part of the path, one more part, one less, or a slash more."""
    parts = request.path.split("/")
    place = chance.randrange(len(parts))
    kind = chance.random()
    if kind < 0.6:
        parts[place] = value(chance)
    elif kind < 0.75:
        parts.insert(place, value(chance))
    elif kind < 0.9:
        del parts[place]
    else:
        parts[place] += chance.choice(("/", "//", "/./", "/../", ";x", "%2f", "."))
    request.path = "/" + "/".join(parts).lstrip("/")


def header(chance: Random, request: Request) -> None:
    """An odd value for a header, now and then beside the right one."""
    name = chance.choice(tuple(HEADERS))
    held = chance.choice((*HEADERS[name], _of_header(chance)))
    if chance.random() < 0.8:
        request.header(name, held)
    else:
        request.headers.append((name, held))
    request.is_whole = request.is_whole and name.lower() not in _FRAMING and _is_plain(held)


def method(chance: Random, request: Request) -> None:
    """Another method."""
    request.method = chance.choice(METHODS)
    request.is_whole = request.is_whole and request.method.isascii() and len(request.method) < 20
    if request.method == "CONNECT":
        request.is_whole = False


def unquoted(chance: Random, request: Request) -> None:
    """The address as it is, without escapes."""
    request.is_quoted = False
    request.is_whole = False
    parameter(chance, request)


def framing(chance: Random, request: Request) -> None:
    """Bytes between the bytes, a cut, two lengths, chunks that are none."""
    data = request.encoded()
    kind = chance.random()
    if kind < 0.5:
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(min(len(data), 900) + 1)
            data = data[:place] + chance.choice(_PIECES) + data[place + chance.randint(0, 6) :]
    elif kind < 0.7:
        data = data[: chance.randrange(len(data)) + 1]
    else:
        head, _, body = data.partition(b"\r\n\r\n")
        size = chance.choice((b"%x" % len(body), b"-1", b"f" * 20, b"\xb2", b"5;x=" + b"y" * 9000))
        tail = chance.choice((b"\r\n0\r\n\r\n", b"0\r\n", b"\r\n0\r\nX: y\r\n\r\n", b""))
        data = head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + body + tail
    request.raw, request.is_whole = data, False


def value(chance: Random) -> str:
    """An odd text, or two in one."""
    held = chance.choice(ODD)
    return held + chance.choice(ODD) if chance.random() < 0.1 else held


def _of_header(chance: Random) -> str:
    return value(chance).replace("\n", " ").replace("\r", " ").replace("\x00", "")


def _is_plain(text: str) -> bool:
    return all(" " <= char < "\x7f" for char in text)


CHANGES: tuple[tuple[Change, float], ...] = (
    (parameter, 5),
    (name_of_parameter, 1),
    (path, 2),
    (header, 4),
    (method, 1),
    (unquoted, 0.5),
    (framing, 1),
)
