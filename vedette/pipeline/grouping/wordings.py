"""The wordings in which platforms write the code of an error into its text.

A number in brackets proves nothing: `Order [1001] not found` is data. A code is read only where
the wording is the platform's own (`[Errno 28]`, `SQLSTATE[42S02]`), and where a platform has a
known set of codes only those count, so that no data of an application can become one.
"""

from __future__ import annotations

import errno
import os
import re
import signal
from http import HTTPStatus
from typing import Final

from vedette.pipeline.grouping.services import (
    ANSWERS,
    AWS_TEXT,
    FRAMEWORK,
    SERVICES,
    Wording,
)

_ERRNO_NAMES: Final = frozenset(errno.errorcode.values()) | {
    *("ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME", "EPROTO"),
}
_ERRNO_TEXTS: Final = {
    os.strerror(number).lower(): name for number, name in errno.errorcode.items()
} | {
    "i/o timeout": "ETIMEDOUT",
    "tls handshake timeout": "ETIMEDOUT",
    "no such host": "ENOTFOUND",
    "no such host is known": "ENOTFOUND",
    "name or service not known": "ENOTFOUND",
    "nodename nor servname provided, or not known": "ENOTFOUND",
    "temporary failure in name resolution": "EAI_AGAIN",
    "connection reset": "ECONNRESET",
    "read timed out": "ETIMEDOUT",
    "connect timed out": "ETIMEDOUT",
    "context deadline exceeded": "ETIME",
    "context canceled": "ECANCELED",
    "timeout": "ETIMEDOUT",
    "timed out": "ETIMEDOUT",
    "closed": "EPIPE",
    "socket closed": "EPIPE",
    "non-existing domain": "ENOTFOUND",
    "eof": "EOF",
    "unexpected eof": "EOF",
}
_IN_BRACKETS: Final = re.compile(r"\s*\([^()]{0,200}\)\s*$")
_SIGNALS: Final = "|".join(sorted(one.name for one in signal.Signals))
_GRPC_NAMES: Final = (
    "Cancelled|Canceled|Unknown|InvalidArgument|DeadlineExceeded|NotFound|AlreadyExists"
    "|PermissionDenied|ResourceExhausted|FailedPrecondition|Aborted|OutOfRange|Unimplemented"
    "|Internal|Unavailable|DataLoss|Unauthenticated"
)
_GRPC_CODES: Final = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", _GRPC_NAMES).upper()
_DOM_NAMES: Final = (
    "Abort|Constraint|DataClone|Data|Encoding|HierarchyRequest|InUseAttribute|IndexSize"
    "|InvalidAccess|InvalidCharacter|InvalidModification|InvalidNodeType|InvalidState|Namespace"
    "|Network|NotAllowed|NotFound|NotReadable|NotSupported|Operation|OptOut|QuotaExceeded|ReadOnly"
    "|Security|Syntax|Timeout|TransactionInactive|URLMismatch|Unknown|Version|WrongDocument"
)
_DIO_KINDS: Final = (
    "connection timeout|send timeout|receive timeout|bad certificate|bad response|connection error"
    "|request cancelled|unknown|(?:DioErrorType|DioExceptionType)\\.[a-zA-Z]+"
)
_HTTP: Final = "|".join(re.escape(f"{one.value} {one.phrase}") for one in HTTPStatus)
# How databases call what drivers give no code for.
_DATABASE_TEXTS: Final = (
    "duplicate key value violates|violates (?:not-null|foreign key|check|exclusion) constraint"
    "|deadlock detected|could not serialize access|canceling statement due to [a-z ]{4,30}"
    "|relation (?=\\S+ does not exist)|column (?=\\S+ does not exist)|permission denied for"
    "|value too long for type|syntax error at or near|remaining connection slots"
    "|too many clients|invalid input syntax for|server closed the connection"
    "|Duplicate entry|Deadlock found|Lock wait timeout|Unknown column|gone away|Access denied for"
    "|Data too long|cannot be null|foreign key constraint fails|Table (?=\\S+ doesn't exist)"
    "|Lost connection|Too many connections|connection refused"
    "|(?:UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed|no such (?:table|column)"
    "|database is locked|disk is full|was deadlocked|Invalid object name|Invalid column name"
    "|Timeout expired|Cannot insert duplicate key|Login failed for"
    "|connection not available|(?:tcp|ssl) (?:recv|send|connect)"
)

SQL: Final = re.compile(
    r"SQLSTATE[\[ :=]{0,3}(HY000)\]?(?:: General error:)? \[?(\d{1,5})\b"
    r"|SQLSTATE[\[ :=]{0,3}([0-9A-Z]{5})\b"
    r"|SQL ?[Ss]tate:? ?\[(HY000)\]; error code \[(\d{1,5})\]|SQL ?[Ss]tate:? ?\[?([0-9A-Z]{5})\b"
    r"|\b(ORA-\d{5}):|\b(SQLITE_[A-Z_]+)\b|\((psycopg2?\.errors\.\w+)\)|^PG::([A-Z]\w+)"
    r"|(?:^|\((?:pymysql|MySQLdb)\.[\w.]+\) )\(([1-4]\d{3}), ?['\"]"
)
_SQL_TEXT: Final = re.compile(f"({_DATABASE_TEXTS})", re.IGNORECASE)
# The classes of SQLSTATE that PostgreSQL knows; Npgsql writes the code in front of the text.
_NPGSQL: Final = re.compile(
    r"^((?:0[0-9ABFLPZ]|2[0-8BDF]|3[489BDF]|4[024]|5[3-8]|72|F0|HV|P0|XX)[0-9A-Z]{3}): "
)
_POSTGREX: Final = re.compile(r"^ERROR ([0-9A-Z]{5}) \([a-z_]+\)")
_GO_MYSQL: Final = re.compile(r"^Error ([1-4]\d{3})(?: \([0-9A-Z]{5}\))?:")
_PRISMA: Final = re.compile(
    r"\b(P[12]0\d{2})\b|(?:^|\n)((?:Unique|Foreign key|Null|A) constraint (?:failed|violated)"
    r"|An operation failed because it depends|The column (?=\S+ does not exist)"
    r"|The table (?=\S+ does not exist)|Record to (?:update|delete)|Timed out fetching"
    r"|Transaction (?:failed|API error|already closed)|Can't reach database server"
    r"|The provided value for the column is too long|Inconsistent column data)",
    re.IGNORECASE,
)
_MONGO: Final = re.compile(
    r"\b(E\d{4,5}) |code[nN]ame['\"]?: ?['\"]([A-Z]\w{2,60})"
    r"|^(WriteConflict|not (?:primary|master)|Transaction)\b"
    r"|^(Authentication failed|not authorized|command \w+ requires authentication)"
)
_AWS: Final = re.compile(
    r"\(([A-Z][A-Za-z.]{2,80}|\d{3})\) when calling the ([A-Z]\w+)"
    r"|Error ?Code: ([A-Z][A-Za-z.]{2,80})(?=[;,)\s]|$)|api error ([A-Z][A-Za-z.]{2,80}):"
    r"|<Code>([A-Z][A-Za-z.]{2,80})<|: ([A-Z][A-Za-z.]{2,80}) \((?:client|server)\)"
)
_AWS_STATUS: Final = re.compile(r"Status ?Code: ([1-5]\d{2})\b")
GRPC: Final = re.compile(
    rf"code = ({_GRPC_NAMES})\b|\bcodeName: ({_GRPC_CODES})\b"
    rf"|StatusCode[.=\" ]{{1,3}}({_GRPC_NAMES}|{_GRPC_CODES})\b"
    rf"|^(?:\d{{1,2}} )?({_GRPC_CODES})(?::|$)"
)
_GRPC_OF_NODE: Final = re.compile(rf"^\d{{1,2}} ({_GRPC_CODES}):")
_RESULT: Final = re.compile(
    r"HRESULT:? ?(0x[0-9A-Fa-f]{8})\b|\((0x[89][0-9A-Fa-f]{7})\)|^\(?(-214\d{7})\b"
)
_WIN32: Final = re.compile(r"^\((0x[0-9A-Fa-f]{8}|\d{1,5})\):")
_SIGNAL: Final = re.compile(rf"\b({_SIGNALS})\b")
_EXIT: Final = re.compile(
    rf"\b({_SIGNALS})\b|^signal: ([a-z ]{{3,30}})|^exit status (\d{{1,3}})$"
    r"|exit status (\d{1,3})\.$|\breturned non-zero exit status (\d{1,3})\b"
)
_APPLE: Final = re.compile(
    r"^Code: (-?\d{1,9})$|\(Code: (-?\d{1,9})\)$|\bDomain=(\S+) Code=(-?\d{1,9})\b"
    r"|\(([\w.]+) error (-?\d{1,9})\.\)"
)
# A case of an enum with what it holds: `badServer("eu-1")`.
_SWIFT_CASE: Final = re.compile(r"^([a-z][A-Za-z]+)\(.*\)$", re.DOTALL)
_CHANNEL: Final = re.compile(
    r"^PlatformException\(([A-Za-z]+(?:[_/-][A-Za-z]+)*),|^\[([a-z_]+/[a-z-]+)\]|\((auth/[a-z-]+)\)"
    r"|\[ ([A-Z][A-Z_]{3,60}) \]"
)
# The services of Google on Android: `12500: `.
_PLAY: Final = re.compile(r"^(\d{1,2}|1\d{4}):(?: |$)")
_DIO: Final = re.compile(
    rf"^Dio(?:Exception|Error) \[({_DIO_KINDS})\](?:[^\n]{{0,80}}status code of ([1-5]\d\d))?"
)
_DOM: Final = re.compile(rf"^(?:Failed to [^:]{{1,80}}: )?((?:{_DOM_NAMES})Error)(?::|$)")
_ERRNO_NAME: Final = re.compile(
    r"\b(E[A-Z0-9]{2,15}(?:_[A-Z]{2,12})?)\b|^\[(?:(WinError) (\d{1,5})|Errno (-?\d{1,5}))\]"
    r"|\(os error (\d{1,5})\)|\bOs \{ code: (\d{1,5}), kind"
    r"|OS Error: [^,]{0,80}, errno = (\d{1,5})\b|^unknown error - (\d{1,5})$"
)
# What clients of HTTP say when the answer is an error, and nothing else.
_STATUS: Final = re.compile(
    r"^Request failed with status code ([1-5]\d\d)\b|^([1-5]\d\d) (?:Client|Server) Error\b"
    r"|^(?:Client|Server) error '([1-5]\d\d) |does not indicate success: ([1-5]\d\d)\b"
    r"|resulted in a `([1-5]\d\d) |^HTTP(?: Error)? ([1-5]\d\d)\b"
    r"|responded with status ([1-5]\d\d)\b"
    r"|returned an error: \(([1-5]\d\d)\)|^cURL error (\d{1,2}):"
    r"|^googleapi: Error ([1-5]\d\d):|^HTTP status (?:client|server) error \(([1-5]\d\d)\b"
    r"|\bkind: Status\(([1-5]\d\d)\b"
    rf"|^(?=(?:{_HTTP})\b)([1-5]\d\d) "
)
# And what they say when no answer came.
_NO_ANSWER: Final = re.compile(
    r"^(Network Error|Request aborted|canceled)$|^(timeout) of \d+ ?ms exceeded$"
    r"|^(Maximum number of redirects|max(?:Body|Content)Length)\b"
)
_REQWEST: Final = re.compile(r"^(error [a-z]{2,12}(?: [a-z]{2,12}){1,3}?)(?= for url|:|$)")

RESULTS: Final[Wording] = (_RESULT, _WIN32)
BY_PLATFORM_OF_APPLE: Final[Wording] = (_APPLE, _SWIFT_CASE)
_NAMES: Final = (
    (
        "PDOException QueryException DriverException SQLException PSQLException SqlException"
        " BatchUpdateException DatabaseError OperationalError ProgrammingError InternalError"
        " IntegrityError DataError MySqlException SqliteException SqliteError JdbcSQLException"
        " UncategorizedSQLException PgError *pq.Error error StatementInvalid QueryFailedError"
        " SequelizeDatabaseError mysqli_sql_exception Mysql2::Error PG::Error"
        " DBConnection.ConnectionError SQLiteException",
        (SQL, _SQL_TEXT),
    ),
    ("PostgresException NpgsqlException", (_NPGSQL, SQL)),
    ("Postgrex.Error", (_POSTGREX,)),
    ("*mysql.MySQLError", (_GO_MYSQL,)),
    ("PrismaClientKnownRequestError PrismaClientInitializationError", (_PRISMA,)),
    (
        "MongoServerError MongoError MongoBulkWriteError BulkWriteError OperationFailure"
        " MongoCommandException MongoWriteException BulkWriteException WriteError"
        " Mongo::Error::OperationFailure",
        (_MONGO,),
    ),
    (
        "ClientError AmazonServiceException AmazonS3Exception AmazonDynamoDBException S3Exception"
        " AwsServiceException SdkServiceException DynamoDbException SqsException SnsException"
        " AwsException *smithy.OperationError *http.ResponseError *smithy.GenericAPIError",
        (_AWS, _AWS_STATUS, AWS_TEXT),
    ),
    (
        "StatusRuntimeException StatusException RpcException RpcError _InactiveRpcError BadStatus"
        " _MultiThreadedRendezvous AioRpcError GrpcError GRPCError *status.Error"
        " *status.statusError",
        (GRPC,),
    ),
    (
        "OSError IOError EnvironmentError WindowsError ErrnoException FileSystemException"
        " SocketException PathNotFoundException *fs.PathError *os.PathError *os.SyscallError"
        " *net.OpError *url.Error *os.LinkError syscall.Errno system_error std::system_error"
        " SystemCallError std::io::Error io::Error Os SystemError FetchError"
        " File.Error File.CopyError Mint.TransportError Req.TransportError Finch.Error",
        (_ERRNO_NAME,),
    ),
    ("NSPOSIXErrorDomain", (_ERRNO_NAME, _APPLE)),
    ("Error", (_ERRNO_NAME, _GRPC_OF_NODE, _STATUS, _NO_ANSWER, FRAMEWORK)),
    ("COMException ExternalException Win32Exception SEHException com_error", RESULTS),
    ("ApiException", (_PLAY, _STATUS, ANSWERS)),
    ("RequestError", (_STATUS, _ERRNO_NAME)),
    ("reqwest::Error", (_STATUS, _REQWEST)),
    ("System.IO.IOException", RESULTS),
    ("SignalException Signal Crash", (_SIGNAL,)),
    ("*exec.ExitError CalledProcessError", (_EXIT,)),
    ("PlatformException FirebaseException FirebaseAuthException FirebaseError", (_CHANNEL,)),
    ("DioException DioError", (_DIO,)),
    ("DOMException", (_DOM,)),
    (
        "AxiosError HTTPError HTTPStatusError HttpRequestException HttpException HttpError"
        " RequestException ConnectException ClientException ServerException BadResponseException"
        " WebException WebClientResponseException HttpClientErrorException"
        " HttpServerErrorException Faraday::ClientError Faraday::ServerError"
        " RestClient::ExceptionWithResponse RestClient::Exception *googleapi.Error",
        (_STATUS, ANSWERS, _NO_ANSWER),
    ),
)
FAMILIES: Final[dict[str, Wording]] = {
    type_: wording for types, wording in (*_NAMES, *SERVICES) for type_ in types.split()
}
# Names that an application gives to classes of its own: `Shop::Error` is none of the system's.
ONLY_EXACTLY: Final = frozenset(
    {"Error", "error", "OSError", "IOError", "SystemError", "system_error", "Signal", "Crash"}
    | {"ClientError", "DatabaseError", "InternalError", "DataError", "FetchError", "Os"}
    | {"WriteError"}
)


def name_of_errno(number: int) -> str:
    """The name of an error of the operating system; of one without a name its number, or nothing.

    Those of name resolution are below 0, those of Windows's sockets from 10000 on.
    """
    found = errno.errorcode.get(number, "")
    return found or (str(number) if -20 <= number < 0 or 10_000 <= number <= 11_100 else "")


def code_in(wording: Wording, value: str) -> str:
    """What the first place of the text that holds a code says."""
    for pattern in wording:
        for match in pattern.finditer(value):
            code = " ".join(part for part in match.groups() if part)
            code = _errno(code) if pattern is _ERRNO_NAME else code.strip()
            if code:
                return code.lower() if pattern is _SQL_TEXT else code
    if _ERRNO_NAME in wording:
        said = _IN_BRACKETS.sub("", value).strip().rpartition(": ")[2].rstrip(". ").lower()
        return _ERRNO_TEXTS.get(said, "")
    return ""


def _errno(word: str) -> str:
    """The name of an error of the operating system; nothing for another word in capitals."""
    if word.lstrip("-").isdigit():
        return name_of_errno(int(word))
    return word if word in _ERRNO_NAMES or word.startswith("WinError") else ""
