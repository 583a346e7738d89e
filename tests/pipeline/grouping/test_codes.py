"""Errors whose type is a family: the code that says which one it was counts."""

from __future__ import annotations

import pytest

from tests.pipeline.grouping.builder import Json, apart, event, exception, explain, frame, same
from vedette.wire.event import Event

# Platform, type, two values of different errors, and the first one with other data.
VALUES = [
    (
        "php",
        "PDOException",
        "SQLSTATE[42S02]: no table: 1146 'a.b1'",
        "SQLSTATE[23000]: duplicate 'x'",
        "SQLSTATE[42S02]: no table: 1146 'a.c9'",
    ),
    (
        "php",
        r"Illuminate\Database\QueryException",
        "SQLSTATE[42S02]: (SQL: select 1)",
        "SQLSTATE[HY000]: (SQL: select 1)",
        "SQLSTATE[42S02]: (SQL: select 2)",
    ),
    (
        "go",
        "*pgconn.PgError",
        "ERROR: dup (SQLSTATE 23505)",
        "ERROR: no (SQLSTATE 42P01)",
        "ERROR: dup key 7 (SQLSTATE 23505)",
    ),
    (
        "csharp",
        "Npgsql.PostgresException",
        "23505: duplicate",
        "42P01: no relation",
        "23505: duplicate 9",
    ),
    (
        "python",
        "OperationalError",
        '(2006, "gone away")',
        '(1205, "Lock wait")',
        '(2006, "gone away: 12")',
    ),
    (
        "python",
        "OSError",
        "[Errno 28] No space left on device",
        "[Errno 5] Input/output error",
        "[Errno 28] No space left on device: '/a'",
    ),
    (
        "node",
        "Error",
        "connect ECONNREFUSED 127.0.0.1:5432",
        "read ECONNRESET",
        "connect ECONNREFUSED 10.0.0.9:99",
    ),
    (
        "go",
        "*fs.PathError",
        "open /a/b: no such file or directory",
        "open /a/b: permission denied",
        "open /c: no such file or directory",
    ),
    (
        "native",
        "std::io::Error",
        "no such file (os error 2)",
        "denied (os error 13)",
        "missing (os error 2)",
    ),
    (
        "csharp",
        "System.Runtime.InteropServices.COMException",
        "Denied (0x80070005)",
        "Gone (0x80010108)",
        "Kein Zugriff (0x80070005)",
    ),
    (
        "python",
        "ClientError",
        "error (AccessDenied) when calling the PutObject operation: a",
        "error (NoSuchKey) when calling the GetObject operation: a",
        "error (AccessDenied) when calling the PutObject operation: b",
    ),
    (
        "java",
        "AmazonS3Exception",
        "x (Status Code: 403; Error Code: AccessDenied; ID: 1)",
        "x (Status Code: 404; Error Code: NoSuchKey; ID: 1)",
        "y (Status Code: 403; Error Code: AccessDenied; ID: 2)",
    ),
    ("java", "StatusRuntimeException", "UNAVAILABLE: io", "NOT_FOUND: x", "UNAVAILABLE: closed"),
    (
        "go",
        "*status.Error",
        "rpc error: code = NotFound desc = a",
        "rpc error: code = Internal desc = a",
        "rpc error: code = NotFound desc = b",
    ),
    (
        "csharp",
        "Grpc.Core.RpcException",
        'Status(StatusCode="NotFound", Detail="a")',
        'Status(StatusCode="Internal", Detail="a")',
        'Status(StatusCode="NotFound", Detail="b")',
    ),
    (
        "csharp",
        "System.Exception",
        "Exception from HRESULT: 0x80040154 (a)",
        "Exception from HRESULT: 0x80004005 (a)",
        "Exception from HRESULT: 0x80040154 (b)",
    ),
    ("cocoa", "NSURLErrorDomain", "Code: -1009", "Code: -1001", "offline (Code: -1009)"),
    (
        "cocoa",
        "Shop.SyncError",
        "networkError (Code: 0)",
        "invalidToken (Code: 1)",
        "networkError (Code: 0)",
    ),
    ("cocoa", "Shop.SyncError", 'badServer("eu-1")', "timeout(30)", 'badServer("us-4")'),
    (
        "cocoa",
        "Shop.SyncError",
        "The operation couldn’t be completed. (Shop.SyncError error 0.)",
        "The operation couldn’t be completed. (Shop.SyncError error 1.)",
        "Der Vorgang ist fehlgeschlagen. (Shop.SyncError error 0.)",
    ),
    (
        "php",
        "PDOException",
        "SQLSTATE[HY000] [2002] Connection refused",
        "SQLSTATE[HY000]: General error: 1205 Lock wait timeout",
        "SQLSTATE[HY000] [2002] No such host 'b7'",
    ),
    (
        "java",
        "org.springframework.jdbc.UncategorizedSQLException",
        "x; SQL state [HY000]; error code [1062]",
        "x; SQL state [HY000]; error code [1213]",
        "y; SQL state [HY000]; error code [1062]",
    ),
    (
        "java",
        "PSQLException",
        'ERROR: duplicate key value violates unique constraint "a"',
        'ERROR: relation "orders" does not exist',
        'ERROR: duplicate key value violates unique constraint "b"',
    ),
    (
        "ruby",
        "ActiveRecord::StatementInvalid",
        "PG::DeadlockDetected: ERROR: a",
        "PG::UndefinedColumn: ERROR: a",
        "PG::DeadlockDetected: ERROR: b",
    ),
    (
        "elixir",
        "Postgrex.Error",
        "ERROR 23505 (unique_violation) a",
        "ERROR 40P01 (deadlock_detected) a",
        "ERROR 23505 (unique_violation) b",
    ),
    (
        "node",
        "PrismaClientKnownRequestError",
        "Unique constraint failed (P2002)",
        "Record not found (P2025)",
        "Unique constraint failed on x (P2002)",
    ),
    (
        "dart",
        "DioException",
        "DioException [bad response]: status code of 404",
        "DioException [bad response]: status code of 503",
        "DioException [bad response]: a status code of 404",
    ),
    ("javascript", "DOMException", "AbortError: a", "QuotaExceededError: a", "AbortError: b"),
    (
        "node",
        "AxiosError",
        "Request failed with status code 404",
        "Request failed with status code 500",
        "Request failed with status code 404",
    ),
    (
        "python",
        "HTTPError",
        "404 Client Error: Not Found for url: /a",
        "503 Server Error: Service Unavailable for url: /a",
        "404 Client Error: Not Found for url: /b",
    ),
    (
        "csharp",
        "System.Net.Http.HttpRequestException",
        "Response status code does not indicate success: 404 (Not Found).",
        "Response status code does not indicate success: 500 (Internal Server Error).",
        "Response status code does not indicate success: 404 (Gone).",
    ),
    (
        "dart",
        "SocketException",
        "x (OS Error: Connection refused, errno = 111)",
        "x (OS Error: No route to host, errno = 113)",
        "y (OS Error: Connection refused, errno = 111)",
    ),
    (
        "dart",
        "PlatformException",
        "PlatformException(sign_in_failed, a, null)",
        "PlatformException(network_error, a, null)",
        "PlatformException(sign_in_failed, b, null)",
    ),
    ("go", "*exec.ExitError", "signal: killed", "exit status 2", "signal: killed"),
]


def failure(platform: str, type_: str, value: str, **mechanism: object) -> Event:
    """An error that was raised at one place of the application."""
    fields: Json = {"value": value}
    if mechanism:
        fields["mechanism"] = {"type": "generic", "handled": True} | mechanism
    return event(platform, exception(type_, frame("Sync.run", "shop"), **fields))


@pytest.mark.parametrize(("platform", "type_", "one", "other", "again"), VALUES)
def test_a_code_in_the_value_tells_errors_of_a_family_apart(
    platform: str, type_: str, one: str, other: str, again: str
) -> None:
    """At one place of the application; the data beside the code does not."""
    assert apart(failure(platform, type_, one), failure(platform, type_, other))
    assert same(failure(platform, type_, one), failure(platform, type_, again))


# Platform, type, and a text into which an application wrote an id of its own.
DATA = [
    ("node", "Error", "Order [{}] not found"),
    ("javascript", "Error", "items[{}] is missing"),
    ("node", "Error", "errno: {} x"),
    ("python", "OSError", "Job [{}] failed"),
    ("python", "DatabaseError", "{}: row missing"),
    ("python", "OperationalError", "row ({}, 'x') refused"),
    ("python", "shop.Error", "Order [{}] failed"),
    ("ruby", "Shop::Error", "Order [{}] failed"),
    ("ruby", "Signal", "exit status {}"),
    ("csharp", "Acme.SystemError", "Order [{}] failed"),
    ("csharp", "COMException", "pointer 0x1000{} bad"),
    ("dart", "PlatformException", "PlatformException(user{}, x, null, null)"),
    ("dart", "FirebaseException", "[order {}] x"),
    ("java", "S3Exception", "Error Code: X{}"),
    ("java", "SQLException", "ORA-{} boxes"),
    ("go", "*mysql.MySQLError", "row Error {} of b"),
    ("go", "*status.Error", "rpc error: code = Code({}) desc = x"),
    ("cocoa", "Shop.VoucherError", "Voucher Code: {} is spent"),
]


@pytest.mark.parametrize(("platform", "type_", "text"), DATA)
def test_data_is_no_code(platform: str, type_: str, text: str) -> None:
    """A number in brackets, a code of the application: two hundred orders are one bug."""
    assert same(*(failure(platform, type_, text.format(at)) for at in range(1000, 1200)))


def test_a_word_is_no_code_of_swift() -> None:
    """Its value may be a name."""
    assert same(*(failure("cocoa", "Shop.NotFound", name) for name in ("alice", "bob", "carol")))


META = [
    (
        "cocoa",
        "Shop.SyncError",
        {"ns_error": {"domain": "Shop.SyncError", "code": 0}},
        {"ns_error": {"domain": "Shop.SyncError", "code": 1}},
    ),
    ("python", "OSError", {"errno": {"number": 13}}, {"errno": {"number": 28, "name": "ENOSPC"}}),
    (
        "native",
        "Signal",
        {"signal": {"number": 11, "name": "SIGSEGV"}},
        {"signal": {"number": 6, "name": "SIGABRT"}},
    ),
]


@pytest.mark.parametrize(("platform", "type_", "one", "other"), META)
def test_a_code_in_the_mechanism_counts(platform: str, type_: str, one: Json, other: Json) -> None:
    """Where the SDK tells the code apart from the text."""
    assert apart(failure(platform, type_, "x", meta=one), failure(platform, type_, "x", meta=other))
    assert same(failure(platform, type_, "x", meta=one), failure(platform, type_, "y", meta=one))


def test_the_two_ways_to_tell_a_code_agree() -> None:
    """The number of an error of the system and its text are one error."""
    assert same(
        failure("python", "OSError", "[Errno 13] Permission denied"),
        failure("python", "OSError", "denied", meta={"errno": {"number": 13}}),
    )
    assert same(
        failure(
            "csharp", "System.ComponentModel.Win32Exception", "a", data={"HResult": "0x80004005"}
        ),
        failure("csharp", "System.ComponentModel.Win32Exception", "b (0x80004005)"),
    )


def test_a_result_that_every_exception_has_says_nothing() -> None:
    """The .NET SDK tells one of each: that of a remote call is no code of it."""
    one, other = (
        failure("csharp", "Grpc.Core.RpcException", f'StatusCode="{code}"', data={"HResult": "0x8"})
        for code in ("NotFound", "Internal")
    )
    assert apart(one, other)


def test_a_type_that_says_it_needs_no_code() -> None:
    """`FileNotFoundError` is one error, and a word in capitals is no code."""
    assert same(
        failure("python", "KeyError", "[Errno 2] x", meta={"errno": {"number": 2}}),
        failure("python", "KeyError", "[Errno 3] y", meta={"errno": {"number": 3}}),
    )
    assert same(failure("node", "Error", "ERROR: EMPTY"), failure("node", "Error", "EVENT: x"))


@pytest.mark.parametrize("meta", [None, 1, "x", [], {"ns_error": 3}, {"errno": {"number": "a"}}])
def test_any_mechanism_is_read(meta: object) -> None:
    """What an SDK sends there need not be what it should be."""
    sent = failure("python", "OSError", "x", meta=meta, data=meta)
    assert same(sent, failure("python", "OSError", "x"))


def test_the_explanation_shows_the_code() -> None:
    """And says why it counts."""
    (told,) = explain(failure("php", "PDOException", "SQLSTATE[42S02]: x")).exceptions
    assert told.value_used == "42S02"
    assert "code" in told.reason
