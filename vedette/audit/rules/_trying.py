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
    )
)
# By their habit of naming, types that say that something is not there; a lost connection is none.
_NOTHING_THERE = re.compile(
    r"^No(?!Http|Route|Conn|Resp|Server|Memory|Reply)[A-Z]\w*|NotFound|NoSuch|NotExist|NotSupported"
    r"|^Unsupported|EndOf(?:File|Stream)|LimitReached"
)
_SAYS_WHY = re.compile(r"Timeout|TimedOut|ConnectionLoss|UnknownHost|ConnectException|Interrupted")
# What each language has for asking, converting and tidying up, whose failure is the answer.
_ASKED = {
    "java": re.compile(
        r"(?:^|\.)(?:get(?:Declared)?(?:Method|Field|Constructor)s?|forName|loadClass)$"
    ),
    "php": re.compile(
        r"^(?:DateTime\w*|DateInterval)$|(?:^|[._])memzero$|\w*decrypt$|crypto_\w*(?:open|verify)\w*$"
    ),
    "ruby": re.compile(
        r"(?:^|\.)(?:to_(?:date|time|datetime)|force_encoding|encode|constantize|const_get|Float|Integer)$"
    ),
}
_PLAIN_RUBY = re.compile(
    r"(?:^|\.)(?:class|name|to_s|to_sym|strip|downcase|upcase|camelcase|camelize|classify|\w+\?)$"
)
_SWITCH = re.compile(
    r"[$]?(?:this[.]|this->)?(?:use|has|is|can|supports?|enable)d?(?:_|[A-Z])\w*\s*=\s*false",
    re.ASCII,
)
_PREDICATE = re.compile(
    r"(?:^|[._])(?:[iI]s|[hH]as|[cC]an|[sS]upports?|[cC]ontains|[dD]oes)(?![a-z])\w*\??$"
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
_UNDER_WAY = re.compile(
    r"\blog\.err\(\s*(?:\)|None\b|_why=|\w+, _why=)|\bFailure\(\)|\bexc_\w+\s*=|\bexc_info\(\)|\bformat_exc\("
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
    if handler.error and _NAMED.match(handler.error) and facts.language == "java":
        return True
    if any(is_capture(one) or _IMPORTS_SDK.search(one) for one in handler.calls):
        return True
    if _is_asked(facts.language, handler) or _is_unreadable(handler):
        return True
    if facts.language == "python" and _is_absent(handler):
        return True
    return project.is_named_benign(handler.calls) or is_benign_try(handler.calls)


def _is_asked(language: str, handler: Handler) -> bool:
    """Whether all that is tried asks, converts or tidies up, as its language does it."""
    asks = _ASKED.get(language)
    if asks is None:
        return False
    others = [one for one in handler.calls if not asks.search(one)]
    return len(others) < len(handler.calls) and all(
        is_plain(one) or _PLAIN_RUBY.search(one) for one in others
    )


def is_validator(facts: FileFacts, handler: Handler) -> bool:
    """Whether the function around it asks or converts: its failure is its answer."""
    name = facts.function_name(handler.function)
    if facts.language in ("go", "java", "php", "ruby") and _PREDICATE.search(name):
        return True
    return _VALIDATES.search(name) is not None


def is_switched_off(facts: FileFacts, handler: Handler) -> bool:
    """Whether it only notes, in a switch by its name, that a way is not open: another is taken."""
    return (
        facts.language in ("java", "php")
        and bool(handler.deeds)
        and all(one.kind == "assign-constant" and _SWITCH.match(one.text) for one in handler.deeds)
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


def is_told_elsewhere(text: str, handler: Handler) -> bool:
    """The error is asked of the system: a traceback, the last exception; Twisted takes it itself."""
    return _UNDER_WAY.search(handler.text) is not None or any(
        one in text for one in ("exc_info", "exception(", "traceback", "sys.exc", "$!", "stack")
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
    return [re.split(r"[.\\:]", one)[-1] for one in handler.types]


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
