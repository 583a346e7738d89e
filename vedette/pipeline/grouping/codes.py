"""What an error is, where its type does not say: the code it carries elsewhere.

`OSError`, `PDOException` or `NSError` are families: which of them happened stands in the
mechanism (`meta.ns_error`, `meta.errno`) or at a known place of the value. Types that say it
themselves (`FileNotFoundError`) are not listed and are not read.
"""

from __future__ import annotations

import errno
import os
import re
from typing import Final, TypeAlias

import msgspec

from vedette.wire.event import NOTHING, ExceptionValue, Mechanism

_MAX_CHARS: Final = 600
_APPLE_PLATFORMS: Final = frozenset({"cocoa", "swift", "objc", "apple-ios"})


class _Named(msgspec.Struct, gc=False):
    """A code of the operating system: a number and, if the SDK knows it, a name."""

    number: int | None = None
    name: str | None = None


class _ErrorOfApple(msgspec.Struct, gc=False):
    domain: str | None = None
    code: int | str | None = None


class _Meta(msgspec.Struct, gc=False):
    """`mechanism.meta` (protocol, section 4)."""

    ns_error: _ErrorOfApple | None = None
    errno: _Named | None = None
    signal: _Named | None = None


class _Data(msgspec.Struct, gc=False):
    """`mechanism.data` as the .NET SDK fills it."""

    result: str | int | None = msgspec.field(default=None, name="HResult")


_read_meta: Final = msgspec.json.Decoder(_Meta | None).decode
_read_data: Final = msgspec.json.Decoder(_Data | None).decode

_SQL: Final = re.compile(
    r"SQLSTATE[\[ :=]{0,3}([0-9A-Z]{5})|SQL ?State:? ?\[?([0-9A-Z]{5})\b"
    r"|^(\d[0-9A-Z]{4}|[0-9A-Z]{2}\d{3}): |\b(ORA-\d{5})\b|\b(SQLITE_[A-Z_]+)|\((\d{4}), ?['\"]"
    r"|\bError (\d{4})\b|\b(P[12]\d{3})\b|\((psycopg2?\.errors\.\w+|sqlite3\.\w+)\)"
)
_AWS: Final = re.compile(
    r"\((\w+(?:\.\w+)?)\) when calling the (\w+)|Error ?Code: (\w+)|api error (\w+)|<Code>(\w+)<"
)
_AWS_STATUS: Final = re.compile(r"Status ?Code: (\d{3})")
_GRPC: Final = re.compile(
    r"code = (\w+)|StatusCode[.=\" ]{1,3}(\w+)|codeName: (\w+)|^(?:\d{1,2} )?([A-Z_]{2,20})(?::|$)"
)
_GRPC_OF_NODE: Final = re.compile(r"^(\d{1,2} [A-Z_]{3,20}):")
_RESULT: Final = re.compile(r"\b(0x[0-9A-Fa-f]{8})\b|^\(?(-\d{9,10})\b")
_SIGNAL: Final = re.compile(
    r"\b(SIG[A-Z0-9]{2,6})\b|signal: ([a-z ]{3,30})|exit (?:status|code):? (\d{1,3})"
)
_APPLE: Final = re.compile(r"\bCode[:=] ?(-?\d+)")
_SWIFT_CASE: Final = re.compile(r"^([a-z][A-Za-z]+)(?:\(.*)?$", re.DOTALL)
_CHANNEL: Final = re.compile(r"^\w+\(([\w/-]+)|^\[([\w /-]+)\]|\(([a-z-]+/[a-z-]+)\)")
_ERRNO: Final = re.compile(
    r"\b(E[A-Z0-9]{2,15}(?:_[A-Z]{2,12})?)\b|\[(?:Errno )?(WinError -?\d+|-?\d+)\]"
    r"|\(os error (\d+)\)|\b(?i:errno) ?[=:] ?(-?\d+)"
)
_ERRNO_NAMES: Final = frozenset(errno.errorcode.values()) | {
    *("ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME", "EPROTO", "EOF"),
}
_ERRNO_TEXTS: Final = {
    os.strerror(number).lower(): name for number, name in errno.errorcode.items()
}

_DATABASES: Final = (
    "PDOException QueryException DriverException SQLException PSQLException BatchUpdateException"
    " DatabaseError OperationalError ProgrammingError InternalError IntegrityError DataError"
    " PostgresException NpgsqlException MySqlException SqlException SqliteException SqliteError"
    " UncategorizedSQLException JdbcSQLException PgError *pq.Error *mysql.MySQLError error"
    " StatementInvalid SequelizeDatabaseError PrismaClientKnownRequestError QueryFailedError"
)
_CLOUD: Final = (
    "ClientError AmazonServiceException AmazonS3Exception AmazonDynamoDBException"
    " AwsServiceException SdkServiceException S3Exception DynamoDbException SqsException"
    " SnsException AwsException *smithy.OperationError *http.ResponseError *smithy.GenericAPIError"
)
_REMOTE: Final = (
    "StatusRuntimeException StatusException RpcException RpcError _InactiveRpcError"
    " _MultiThreadedRendezvous AioRpcError GrpcError GRPCError *status.Error *status.statusError"
    " BadStatus"
)
_SYSTEM: Final = (
    "OSError IOError EnvironmentError WindowsError Error ErrnoException FileSystemException"
    " SocketException PathNotFoundException *fs.PathError *os.PathError *os.SyscallError"
    " *net.OpError *os.LinkError syscall.Errno system_error std::system_error SystemCallError"
    " std::io::Error io::Error SystemError FetchError NSPOSIXErrorDomain"
)
_WINDOWS: Final = "COMException ExternalException Win32Exception SEHException com_error"
_PROCESSES: Final = "SignalException Signal Crash *exec.ExitError CalledProcessError"
_CHANNELS: Final = (
    "PlatformException FirebaseException FirebaseAuthException FirebaseError DioException DioError"
)
_Patterns: TypeAlias = tuple[re.Pattern[str], ...]
_RESULTS: Final[_Patterns] = (_RESULT,)
_PATTERNS: Final[dict[str, _Patterns]] = {
    type_: patterns
    for types, patterns in (
        (_DATABASES, (_SQL,)),
        (_CLOUD, (_AWS, _AWS_STATUS)),
        (_REMOTE, (_GRPC,)),
        (_SYSTEM, (_ERRNO, _GRPC_OF_NODE)),
        (_WINDOWS, _RESULTS),
        (_PROCESSES, (_SIGNAL,)),
        (_CHANNELS, (_CHANNEL,)),
    )
    for type_ in types.split()
}
_LAST_NAME: Final = re.compile(r"(?<!^\*)\b\w+$")


def code_of(exception: ExceptionValue, platform: str | None) -> str:
    """The code that tells this error from others of its type; empty where the type says it."""
    type_, value = exception.type or "", exception.value or ""
    patterns = _family(type_)
    mechanism = exception.mechanism
    if mechanism is not None and (patterns is not None or mechanism.meta != NOTHING):
        told = _told(mechanism, patterns)
        if told:
            return told
    if patterns is None:
        patterns = _by_platform(type_, platform) or _by_text(value)
    return _found(patterns, value[:_MAX_CHARS]) if patterns and value else ""


def _family(type_: str) -> _Patterns | None:
    """Where in its value a family of errors says which one it is."""
    found = _PATTERNS.get(type_)
    if found is None and ("." in type_ or "\\" in type_ or "::" in type_):
        last = _LAST_NAME.search(type_)
        return _PATTERNS.get(last.group()) if last is not None else None
    return found


def _by_platform(type_: str, platform: str | None) -> _Patterns:
    """Apple's errors are domains with codes; those of Swift say their case."""
    if platform not in _APPLE_PLATFORMS:
        return ()
    is_of_system = type_.startswith(("NS", "EXC_", "SIG")) or type_.endswith("Exception")
    return (_APPLE,) if is_of_system else (_APPLE, _SWIFT_CASE)


def _by_text(value: str) -> _Patterns:
    """Codes that cannot be mistaken, whatever the type."""
    if "SQLSTATE" in value:
        return (_SQL,)
    if "HRESULT" in value:
        return _RESULTS
    return (_GRPC,) if "rpc error: code = " in value else ()


def _told(mechanism: Mechanism, patterns: _Patterns | None) -> str:
    """The code in the mechanism. One of the operating system counts for a family only."""
    try:
        meta = _read_meta(mechanism.meta) or _NO_META
        # .NET tells a result of every exception; only some types have more than one.
        data = (_read_data(mechanism.data) if patterns == _RESULTS else None) or _NO_DATA
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    apple = meta.ns_error
    if apple is not None and apple.code is not None:
        return f"{apple.domain or ''} {apple.code}"[:_MAX_CHARS]
    if patterns is None:
        return ""
    if meta.errno is not None and meta.errno.number is not None:
        return _name_of_errno(meta.errno.number) or str(meta.errno.number)
    if meta.signal is not None and meta.signal.number is not None:
        return meta.signal.name or f"signal {meta.signal.number}"
    return "" if data.result is None else str(data.result)[:_MAX_CHARS]


_NO_META: Final = _Meta()
_NO_DATA: Final = _Data()


def _name_of_errno(number: int | None) -> str:
    return errno.errorcode.get(number, "") if number is not None else ""


def _found(patterns: _Patterns, value: str) -> str:
    """What the first place of the value that holds a code says."""
    for pattern in patterns:
        for match in pattern.finditer(value):
            code = " ".join(part for part in match.groups() if part)
            code = _errno(code) if pattern is _ERRNO else code
            if code:
                return code
    if _ERRNO in patterns:
        return _ERRNO_TEXTS.get(value.rpartition(": ")[2].strip().lower(), "")
    return ""


def _errno(word: str) -> str:
    """The name of an error of the operating system; nothing for another word in capitals."""
    if word.lstrip("-").isdigit():
        return _name_of_errno(int(word)) or word
    return word if word in _ERRNO_NAMES or word.startswith("WinError") else ""
