"""What rules about caught errors ask of a handler."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import DeedKind, FileFacts, Handler
from vedette.audit.project import Project
from vedette.audit.rules._source import text_of_function
from vedette.audit.vocabulary import explains, is_benign_try, is_capture, is_parser, is_plain

TRIVIAL: tuple[DeedKind, ...] = ("return-constant", "assign-constant", "leave")
_ANSWERS = frozenset(
    (
        *("NumberFormatException", "NoSuchElementException", "DateTimeParseException"),
        *("ClassNotFoundException", "CloneNotSupportedException", "NoSuchFieldException"),
        *("NoSuchMethodException", "UnsupportedEncodingException", "ParseException"),
        *("ModelNotFoundException", "NotFoundHttpException", "JsonException", "RecordNotFound"),
        *("KeyError", "NameError", "ParserError", "InvalidURIError", "NotFound", "ArgumentError"),
        *("IllegalArgumentException", "EntityNotFoundException", "FileNotFoundException"),
        *("InvalidArgumentException", "EOFException", "InterruptedException", "HeadlessException"),
        *("EmptyStackException", "URISyntaxException", "MalformedURLException", "ParseError"),
        *(
            "CancelledKeyException",
            "ClassCastException",
            "BadLocationException",
            "AbstractMethodError",
        ),
        *("InaccessibleObjectException", "IllegalCharsetNameException", "PatternSyntaxException"),
        *("IndexOutOfBoundsException", "ArrayIndexOutOfBoundsException", "DateTimeException"),
        *("IllegalStateException", "AccessControlException", "SecurityException", "LinkageError"),
        *("ReflectionException", "InterruptedIOException", "AsynchronousCloseException"),
        *("RangeError", "ZeroDivisionError", "Errno::EACCES"),
        *("MissingResourceException", "IntrospectionException", "UnsatisfiedLinkError"),
        *("InvalidPathException", "InvalidSyntaxException", "SecurityError"),
        *("Errno::ENOENT", "Errno::ENOTDIR", "Errno::EEXIST", "Errno::ESRCH", "Errno::ECHILD"),
        *(
            "EOFError",
            "LoadError",
            "IPAddr::InvalidAddressError",
            "OptionParser::InvalidOption",
            "TypeError",
        ),
    )
)
# By their habit of naming, types that say that something is not there; a lost connection is none.
_NOTHING_THERE = re.compile(
    r"^No(?!Http|Route|Conn|Resp|Server|Memory|Reply)[A-Z]\w*|NotFound|NoSuch|NotExist|NotSupported"
    r"|^Unsupported|EndOf(?:File|Stream)|LimitReached|NotReady|NotSet$|NotUnique$|RecordInvalid$|^(?:Missing|Invalid)[A-Z]\w*|Exists(?:Exception|Error)?$|NoGuest|Malformed|(?:Parser?|Syntax|Format|Timestamp)(?:Error|Exception)$|ExitStatus$"
    r"|^(?:URI|JSON|Psych|Date|Encoding|Etc)::\w*Error"
)
_WHOLE = ("Errno::", "URI::", "JSON::", "Psych::", "Date::", "Encoding::", "Etc::", "IPAddr::")
_SAYS_WHY = re.compile(r"Timeout|TimedOut|ConnectionLoss|UnknownHost|ConnectException|Interrupted")
# What each language has for asking, converting and tidying up, whose failure is the answer.
_ASKED = {
    "java": re.compile(
        r"(?:^|\.)(?:get(?:Declared)?(?:Method|Field|Constructor)s?|forName|loadClass|setFeature)$"
        r"|(?:^|\.)(?:getCanonical(?:File|Path)|getLocalHost)$"
        r"|(?:^|\.)(?:Integer|Long|Short|Byte|Float|Double|Boolean|BigDecimal|BigInteger|UUID|Color"
        r"|Local(?:Date|Time|DateTime)|Instant|Duration)\.(?:parse\w*|valueOf|decode|fromString)$"
    ),
    "php": re.compile(
        r"^(?:DateTime\w*|DateInterval)$|(?:^|[._])memzero$|\w*decrypt$|crypto_\w*(?:open|verify)\w*$"
        r"|^(?:mb_convert_encoding|iconv|Reflection\w+|date_create\w*)$|(?:^|[._])strtotime$"
    ),
    "ruby": re.compile(
        r"(?:^|\.)(?:to_(?:date|time|datetime)|force_encoding|encode|constantize|const_get|Float|Integer)$"
        r"|(?:^|[.:])(?:JSON|Json|YAML|Psych|URI|Date|Time|DateTime|Encoding)\."
        r"(?:parse|load|safe_load|strptime|iso8601|rfc2822|httpdate|utc|local|new|find)$|to_integer$"
    ),
}
_AT_HAND = {
    "ruby": re.compile(
        r"(?:^|\.)(?:class|name|to_s|to_i|to_sym|strip|downcase|upcase|camelcase|camelize|classify"
        r"|body|host|scheme|path|sub!?|gsub!?|split|first|last|\w+\?)(?:\(\))?$"
    ),
    "java": re.compile(
        r"(?:^|\.)(?:getText|getSelectedItem|getProperty|getParameter|getValue|substring|charAt"
        r"|length|trim|indexOf|lastIndexOf|equals\w*|toString|intValue|doubleValue|setText"
        r"|group|size|isEmpty|getKey|invoke|setAccessible|getClass|getHostName|getHostAddress"
        r"|getPath)(?:\(\))?$"
    ),
    "php": re.compile(
        r"(?:^|\.)(?:setTime[zZ]one|format|getOffset|getName|getTimestamp|modify|add|diff|substr|strlen"
        r"|preg_\w+|sprintf|str_\w+|strto\w+|mb_\w+|trim|explode|implode|is_\w+|isset|empty|count"
        r"|array_\w+|in_array|intval|date_\w+|date|time|mktime|strftime|abs|round|floor|\w+val|getAttribute|getValue)(?:\(\))?$"
    ),
}
_NO_NAME = re.compile(r"$^")
_TIDIES = re.compile(
    r"(?:^|[._])(?i:close|shut_?down|stop|halt|dispose|destroy|terminate|clean_?up|release"
    r"|tear_?down|disconnect|unload|quit|rollback|undo|finali[sz]e|destruct|on_?(?:stop|close|destroy))"
    r"(?![a-z])\w*[!?]?$"
)
_SWITCH = re.compile(
    r"[$]?(?:this[.]|this->)?(?:use|has|is|can|supports?|enable)d?(?:_|[A-Z])\w*\s*=\s*false",
    re.ASCII,
)
_PREDICATE = re.compile(
    r"(?:^|[._])(?:[iI]s|[hH]as|[cC]an|[sS]upports?|[cC]ontains|[dD]oes|[wW]ait)(?![a-z])\w*\??$"
    r"|(?<=\w)(?:[eE]xists?|[sS]upported|[aA]vailable|[eE]nabled|[vV]alid)$|\?$"
)
_EMPTY = re.compile(r"return\s+(?:List|Map|Set|Optional|Collections|Stream)\.(?:of|empty\w*)\(\)")
_ASKS = re.compile(
    r"(?:^|\.)(?:Atoi|Parse\w*|Unmarshal|Decode\w*|Stat|Lstat|LookPath|Abs|Rel|Open|Getwd|Match\w*"
    r"|Lookup\w*|Acquire|WaitN|(?:Take|Wait|Acquire)\w*Context|SplitHostPort|Compile|UserHomeDir|Hostname|Glob|Scan|Sscanf?|Readlink|ReadFile)$"
)
_NAMED = re.compile(r"^(?:_*ignored?|expected|_+|unused|ok)$")
_IMPORTS_SDK = re.compile(r"sentry|captureexception|capture_exception|reportError|bugsnag", re.I)
_UNREADABLE = re.compile(
    r"\b(?:invalid|not (?:a )?valid|malformed|unparsable|not? json|non-json)\b", re.I
)
_WRONG_INPUT = re.compile(
    r"\binvalid\b(?! (?:response|answer|reply|status))|\bnot a valid\b|\bmalformed\b", re.I
)
_THROWS = re.compile(r"[\s})]*(?:if\b[^\n]{0,200}:\s*\n\s*)?(?:throw|raise)\b")
_OF_FILES = frozenset(
    (
        *("OSError", "IOError", "EnvironmentError", "FileNotFoundError", "PermissionError"),
        *("ValueError", "TypeError", "IndexError", "KeyError", "UnicodeDecodeError"),
        *("JSONDecodeError", "UnicodeError", "AttributeError", "IsADirectoryError"),
    )
)
_OPENS = re.compile(r"(?:^|\.)(?:open|read_text|read_bytes|listdir|scandir|Popen|subprocess\.\w+)$")
_READS_FILES = re.compile(
    r"(?:^|\.)(?:open|read\w*|int|float|loads?|path\.\w+|Path|decode|close"
    r"|listdir|scandir|Popen|communicate|subprocess\.\w+|insert|append)(?:\(\))?$"
)
_VALIDATES = re.compile(
    r"(?:^|\.)_*(?:is|has|can|should|supports?|validate|check|parse|safe|try|maybe|detect|probe|test"
    r"|exists|to[A-Z_]|format|decode|coerce|normali[sz]e|as_|from_|looks_like|read_?[Jj]son)\w*"
)


def caught(facts: FileFacts, *hows: str) -> Iterator[Handler]:
    """The handlers of these kinds; all kinds if none is named."""
    return (one for one in facts.handlers if not hows or one.how in hows)


def tried_words(handler: Handler) -> str:
    """The calls that were tried, as a sentence names them."""
    telling = [one for one in dict.fromkeys(handler.calls) if not is_plain(one)]
    telling = telling or list(dict.fromkeys(handler.calls))
    named = [f"`{one.removesuffix('()')}()`" for one in telling if one != "?"][:2]
    more = " and more" if len(telling) > 2 else ""
    return (" and ".join(named) if not more else ", ".join(named)) + more if named else "a block"


def is_trivial(handler: Handler) -> bool:
    """Whether it does something, and nothing of it is more than a constant."""
    return bool(handler.deeds) and all(
        one.kind in TRIVIAL and not one.uses_error for one in handler.deeds
    )


def is_empty(handler: Handler) -> bool:
    """Whether it does nothing at all."""
    return not handler.deeds and not handler.passed


def is_excused(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether nobody needs to hear of it: benign, named as ignored, or about the monitor itself."""
    if facts.language in ("java", "php", "ruby") and _NAMED.match(handler.error.lstrip("$") or "?"):
        return True
    if any(is_capture(one) or _IMPORTS_SDK.search(one) for one in handler.calls):
        return True
    if (
        _is_asked(facts.language, handler)
        or _is_unreadable(handler)
        or _is_last_flush(facts, handler)
    ):
        return True
    if facts.language == "python" and _is_absent(handler):
        return True
    return project.is_named_benign(handler.calls) or is_benign_try(handler.calls)


def _is_asked(language: str, handler: Handler) -> bool:
    """Whether all that is tried asks, converts or tidies up, as its language does it."""
    asks = _ASKED.get(language)
    if asks is None:
        return False
    at_hand = _AT_HAND.get(language, _NO_NAME)
    others = [one for one in handler.calls if not asks.search(one)]
    is_asked = len(others) < len(handler.calls) or (language in ("php", "ruby") and bool(others))
    return is_asked and all(is_plain(one) or at_hand.search(one) for one in others)


def is_validator(facts: FileFacts, handler: Handler) -> bool:
    """Whether the function around it asks or converts: its failure is its answer."""
    name = facts.function_name(handler.function)
    if facts.language in ("go", "java", "php", "ruby") and _PREDICATE.search(name):
        return True
    return _VALIDATES.search(name) is not None


def tidies_up(facts: FileFacts, handler: Handler) -> bool:
    """Whether the function around it closes, stops or undoes: what fails there ends anyway."""
    return _TIDIES.search(facts.function_name(handler.function)) is not None


def is_switched_off(facts: FileFacts, handler: Handler) -> bool:
    """Whether it only notes, in a switch by its name, that a way is not open: another is taken."""
    return (
        facts.language in ("java", "php")
        and bool(handler.deeds)
        and all(one.kind == "assign-constant" and _SWITCH.match(one.text) for one in handler.deeds)
    )


def _is_last_flush(facts: FileFacts, handler: Handler) -> bool:
    """Whether what is closed next is only flushed."""
    telling = [one for one in handler.calls if not is_plain(one)]
    return (
        bool(telling)
        and all(one.endswith(".flush") for one in telling)
        and tidies_up(facts, handler)
    )


def _is_unreadable(handler: Handler) -> bool:
    """Whether a comment says that what is parsed may be nothing of the kind."""
    return _UNREADABLE.search(handler.comments) is not None and any(map(is_parser, handler.calls))


def _is_absent(handler: Handler) -> bool:
    """Whether a file is only read or a programme run, and what is caught says that it is absent."""
    names = {one.rpartition(".")[2] for one in handler.types}
    return (
        bool(names & {"OSError", "IOError", "EnvironmentError"})
        and names <= _OF_FILES
        and any(_OPENS.search(one) for one in handler.calls)
        and all(is_plain(one) or _READS_FILES.search(one) for one in handler.calls)
    )


def says_input_is_wrong(handler: Handler) -> bool:
    """Whether all that it logs is that a value which it was given is none: a warning at most."""
    logs = [one for one in handler.deeds if one.kind == "log"]
    return bool(logs) and all(
        one.level not in ("error", "fatal") and _WRONG_INPUT.search(one.text) for one in logs
    )


def fails_below(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether it goes on below, and the next that happens there is that another error is thrown."""
    if handler.does("return", "return-constant", "leave"):
        return False
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    return _THROWS.match(below) is not None


def is_thrown_later(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether it keeps the error in a variable, which the function throws below."""
    kept = [one.path for one in handler.deeds if one.uses_error and re.fullmatch(r"\w+", one.path)]
    if not kept:
        return False
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    names = "|".join(map(re.escape, kept))
    return re.search(rf"\b(?:throw\s+|raise\s+|reject\()(?:{names})\b", below) is not None


def is_explained(handler: Handler) -> bool:
    """Whether a comment gives a reason."""
    return bool(handler.comments) and explains(handler.comments)


def is_named_answer(handler: Handler) -> bool:
    """Whether only types are caught by which Java, PHP and Ruby say that something is not there."""
    return bool(handler.types) and all(
        one in _ANSWERS or _NOTHING_THERE.search(one) for one in _type_names(handler)
    )


def says_why(handler: Handler) -> bool:
    """Whether only types are caught whose names tell all of what went wrong."""
    return bool(handler.types) and all(
        one in _ANSWERS or _NOTHING_THERE.search(one) or _SAYS_WHY.search(one)
        for one in _type_names(handler)
    )


def _type_names(handler: Handler) -> list[str]:
    """The last parts, but of Ruby's, whose last part is often no more than `Error`."""
    names = [one.removeprefix("::") for one in handler.types]
    return [one if one.startswith(_WHOLE) else re.split(r"[.\\:]", one)[-1] for one in names]


def gives_nothing(handler: Handler) -> bool:
    """Java's ways to return an empty collection."""
    return bool(handler.deeds) and all(_EMPTY.match(one.text) for one in handler.deeds)


def is_asked_for(facts: FileFacts, handler: Handler) -> bool:
    """Functions of Go that say yes or no, and look something up: their failure is the answer."""
    return facts.language == "go" and (
        not handler.calls
        or all(_ASKS.search(one) for one in handler.calls)
        or any(one.kind == "return-constant" and "err" in one.text.lower() for one in handler.deeds)
    )
