"""More wordings, of the same kind as `wordings`: clients of services, run times, frameworks.

Each is a platform's own. What an application writes itself is never read here.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Wording: TypeAlias = tuple[re.Pattern[str], ...]

# What more clients of HTTP say of an answer that is an error.
ANSWERS: Final = re.compile(
    r"\bReceived status code ([1-5]\d\d)\b|^Response code ([1-5]\d\d)\b|^([1-5]\d\d), message="
    r"|^<HttpError ([1-5]\d\d) when\b|^\(([1-5]\d\d)\)\s+Reason:|^Error code: ([1-5]\d\d)\b"
    r"|^\w{1,40}Error\(([1-5]\d\d), '(\w{1,60})'|^HTTP ([1-5]\d\d) error\b|^([1-5]\d\d) \""
    r"|\bstatusCode: ([1-5]\d\d)\b"
)
_AZURE: Final = re.compile(
    r"\bErrorCode: ([A-Z]\w{2,60})\b|^Code: ([A-Z]\w{2,60})\b|^\(([A-Z][A-Za-z]{2,60})\) ",
    re.MULTILINE,
)
AWS_TEXT: Final = re.compile(
    r"^(Access Denied|The specified (?:key|bucket) does not exist|Rate exceeded|User: \S+ is not"
    r" authorized|Please reduce your request rate|The security token included)"
)
_REDIS: Final = re.compile(
    r"^(?:ReplyError: )?(WRONGTYPE|NOAUTH|OOM|LOADING|READONLY|MOVED|ASK|CLUSTERDOWN|BUSYGROUP|BUSY"
    r"|NOSCRIPT|MISCONF|EXECABORT|MASTERDOWN|NOPERM|WRONGPASS|NOGROUP|CROSSSLOT|TRYAGAIN|NOREPLICAS)\b"
    r"|^(ERR [a-z]+(?: [a-z]+){1,3})|^(Connection (?:refused|timed out|lost|closed)|read error"
    r"|socket error|went away|Redis server [^ ]+ went away)"
)
_KAFKA: Final = re.compile(r"\bKafkaError\{code=(\w{2,60})|\bKafka\w*: (\w{2,60}):")
_POSTGREST: Final = re.compile(r"\bcode: ([0-9A-Z]{5}|PGRST\d{3})\b")
# A term of Erlang that says what went wrong; what else it holds is data.
_TERM: Final = re.compile(r"\{:error, :(\w{1,60})\}|^Erlang error: \{?:(\w{1,60})")
# What the run time of PHP reports itself, with the name in the code that it is about.
_PHP: Final = re.compile(
    r"^(?:(?:User )?(?:Warning|Notice|Deprecated|Error|(?:Core|Compile|Parse|Fatal) Error): )?"
    r"(Undefined (?:array key|variable|index|offset|property|constant)\b"
    r"(?:: [\w\\]{1,80}::\$\w{1,80}| \"[A-Za-z_][\w.-]{0,80}\"| \$\w{1,80}|: [A-Za-z_]\w{0,80})?"
    r"|Division by zero|Array to string conversion|foreach\(\) argument"
    r"|Attempt to (?:read|assign) property \"\w{1,80}\" on \w{1,20}"
    r"|Trying to (?:access array offset|get property)|Uninitialized string offset"
    r"|Creation of dynamic property [\w\\]{1,80}::\$\w{1,80}|A non-numeric value"
    r"|Allowed memory size|Maximum execution time|\w{1,80}\()"
)
_SWIFT_TRAP: Final = re.compile(
    r"(Unexpectedly found nil|[Ii]ndex (?:is )?out of (?:range|bounds)|Division by zero"
    r"|Arithmetic overflow|Negative count not allowed|Range requires|Can't (?:form|remove)"
    r"|Not enough bits|Could not cast value|Double value cannot be converted)"
)
# The method that was asked for; the class is what the object happened to be.
_SELECTOR: Final = re.compile(r"[-+]\[[^\]\s]{1,120} ([\w:]{1,120})\]")
# Numbers of errors whose text frameworks leave out of what they ship.
FRAMEWORK: Final = re.compile(
    r"^Minified (?:React|Redux) error #(\d{1,4})\b|^(NG0\d{3,5})\b"
    r"|^(?:Uncaught )?(?:Error: )?Minified exception occurred; .{0,80}\?invariant=(\d{1,4})"
)

SERVICES: Final[tuple[tuple[str, Wording], ...]] = (
    (
        "ApolloError ServerError ServerParseError ClientResponseError APIStatusError APIError"
        " ApiError TwilioRestException Net::HTTPFatalError Net::HTTPClientException"
        " Net::HTTPRetriableError AuthException StorageException",
        (ANSWERS,),
    ),
    ("HttpResponseError RequestFailedException CloudException ServiceRequestError", (_AZURE,)),
    (
        "ResponseError ReplyError RedisError Redis::CommandError Redis::ReadOnlyError"
        " RedisClient::CommandError JedisDataException RedisServerException RedisException"
        " RedisCommandExecutionException",
        (_REDIS,),
    ),
    ("KafkaException KafkaError kafka.Error", (_KAFKA,)),
    ("PostgrestException", (_POSTGREST,)),
    ("MatchError CaseClauseError WithClauseError TryClauseError ErlangError", (_TERM,)),
    ("ErrorException FatalErrorException SilencedErrorException", (_PHP,)),
    ("EXC_BREAKPOINT EXC_BAD_INSTRUCTION", (_SWIFT_TRAP,)),
    (
        "NSInvalidArgumentException NSRangeException NSInternalInconsistencyException"
        " NSGenericException NSUnknownKeyException",
        (_SELECTOR,),
    ),
)
