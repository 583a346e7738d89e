"""What names mean, in any language: what logs, what reports, what answers a client, what is benign.

Names are those of well-known libraries and of habit. What a repository calls its own is found by
following its functions (`vedette.audit.reporters`), not here.
"""

from __future__ import annotations

import re

from vedette.audit.facts import DeedKind

_LEVELS = {
    **dict.fromkeys(("error", "err", "severe", "Error", "Errorf", "Errorw", "Errorln"), "error"),
    **dict.fromkeys(("exception", "error_log", "format_exc", "print_exc"), "error"),
    **dict.fromkeys(("printStackTrace", "print_exception"), "error"),
    **dict.fromkeys(("fatal", "critical", "alert", "emergency", "Fatal", "Fatalf"), "fatal"),
    **dict.fromkeys(("warn", "warning", "Warn", "Warnf", "Warningf", "Warning"), "warning"),
    **dict.fromkeys(("info", "notice", "Info", "Infof", "success"), "info"),
    **dict.fromkeys(("log", "print", "println", "Println", "Printf", "Print", "puts", "p"), "info"),
    **dict.fromkeys(("debug", "trace", "verbose", "silly", "Debug", "Debugf", "fine"), "debug"),
    **dict.fromkeys(("finest", "finer", "Trace", "Tracef"), "debug"),
    # structlog's, for coroutines
    **dict.fromkeys(("aerror", "aexception"), "error"),
    "acritical": "fatal",
    "awarning": "warning",
    "ainfo": "info",
    "adebug": "debug",
}
_LOGGER = re.compile(
    r"(?:^|[._\[\]()])(?:console|\w*log(?:ger|ging|s|uru)?|winston|pino|bunyan|signale|consola|slog"
    r"|zap|zerolog|logrus|glog|klog|sugar|tracer|stderr|System\.(?:err|out)|Rails\.logger|Log)"
    r"(?:\(\)|\[\])?$",
    re.IGNORECASE,
)
_BARE_LOGS = frozenset(
    (
        *("print", "println", "log", "error_log", "puts", "warn", "logError", "log_error"),
        *("logException", "log_exception", "logWarning", "logMessage", "printf", "var_dump"),
    )
)
_LOG_CALLS = frozenset(
    (
        *("traceback.print_exc", "traceback.print_exception", "sys.stderr.write", "fmt.Println"),
        *("fmt.Printf", "fmt.Fprintln", "fmt.Fprintf", "process.stderr.write", "print_exc"),
        *("process.stdout.write", "sys.excepthook", "pprint.pprint", "fmt.Print", "click.echo"),
        *("self.stderr.write", "self.stdout.write", "System.out.println", "System.err.println"),
    )
)
_CAPTURES = frozenset(
    (
        *("captureException", "captureMessage", "captureEvent", "captureError", "captureFeedback"),
        *("capture_exception", "capture_message", "capture_event", "capture_error"),
        *("CaptureException", "CaptureMessage", "CaptureEvent", "captureCheckIn"),
        *("captureUnderscoreErrorException", "captureRequestError", "notifyException"),
        *("withScope", "notice_error", "noticeError", "recordException", "record_exception"),
        *("trackException", "capture_internal_exception", "captureLastError", "RecordError"),
    )
)
_CAPTURE_PATHS = re.compile(
    r"(?:^|\.)(?:(?:rollbar|Rollbar)\.(?:error|critical|warning|report_exc_info|log)|"
    r"(?:[bB]ugsnag|Honeybadger|honeybadger|[aA]irbrake|Raygun|raygun)\.(?:notify|notifyException|send)"
    r"|newrelic\.agent\.record_exception|datadogRum\.addError|Sentry\.(?:logger|metrics)\.\w+"
    r"|sentry\.(?:CaptureException|CaptureMessage|CurrentHub\(\)\.\w+)|hub\.Capture\w+)$"
)
_ANSWERS = frozenset(
    (
        *("json", "send", "sendStatus", "status", "end", "render", "redirect", "sendError"),
        *("JSONResponse", "Response", "HttpResponse", "JsonResponse", "jsonify", "abort"),
        *("make_response", "HttpResponseBadRequest", "HttpResponseServerError", "writeHead"),
        *("ack", "setStatus", "head", "Error", "JSON", "AbortWithStatusJSON", "WriteHeader"),
        *("HttpResponseNotFound", "HttpResponseForbidden", "PlainTextResponse", "HTMLResponse"),
    )
)
_ANSWERER = re.compile(
    r"(?:^|\.)(?:res|resp|response|reply|rep|ctx|c|context|NextResponse|Response|self|http|w|ack"
    r"|render|request|req)(?:\.|$|\(\))"
)
_BARE_ANSWERS = frozenset(
    (
        *("JSONResponse", "Response", "HttpResponse", "JsonResponse", "jsonify", "abort", "ack"),
        *("make_response", "HttpResponseBadRequest", "HttpResponseServerError", "render"),
        *("HttpResponseNotFound", "HttpResponseForbidden", "PlainTextResponse", "HTMLResponse"),
        *("render_template", "redirect"),
    )
)
_SURFACE = re.compile(
    r"(?:^|[._])(?:toast|alert|notify|notification|snackbar|enqueueSnackbar|message|swal|Swal"
    r"|showError|displayError|setError\w*|set\w*Error\w*|setErr|addError|add_error|showToast"
    r"|addToast|showMessage|messages|flash|addNotification|pushToast|setStatus|setMessage"
    r"|showNotification|setFeedback|notifyError|confirm|add_message)"
    r"(?:\.(?:error|warn|warning|add|open|show|fire|alert|create|info|success))?(?:\(\))?$"
)
_EXITS = frozenset(("exit", "_exit", "abort", "quit", "Exit", "die", "halt"))
_PASSES_ON = frozenset(
    (
        *("reject", "next", "done", "cb", "callback", "fail", "emit", "throwError", "throw"),
        *("rejectPromise", "panic", "raise", "onError", "handleError", "set_exception"),
        *("completeExceptionally", "errback", "onerror", "nextTick", "on_error", "handle_error"),
    )
)


def log_level(path: str) -> str:
    """The level at which a call of this name logs; empty if it is no call that logs."""
    if path in _LOG_CALLS:
        return "error" if "rr" in path or "print_exc" in path else "info"
    owner, _, name = path.rpartition(".")
    if not owner:
        if name not in _BARE_LOGS:
            return ""
        return _LEVELS.get(name, "error")
    if name == "printStackTrace":
        return "error"
    if _LOGGER.search(owner):
        return _LEVELS.get(name, "")
    return ""


def is_capture(path: str) -> bool:
    """Whether a call of this name sends an error to a service that keeps errors."""
    return path.rpartition(".")[2] in _CAPTURES or _CAPTURE_PATHS.search(path) is not None


def is_answer(path: str) -> bool:
    """Whether a call of this name answers a client."""
    owner, _, name = path.rpartition(".")
    if not owner:
        return name in _BARE_ANSWERS
    return name in _ANSWERS and _ANSWERER.search(owner) is not None


def is_surface(path: str) -> bool:
    """Whether a call of this name tells the person in front of the screen."""
    return _SURFACE.search(path) is not None


def deed_of_call(path: str) -> DeedKind:
    """What a handler does by a call of this name."""
    name = path.rpartition(".")[2]
    if is_capture(path):
        return "capture"
    if log_level(path):
        return "log"
    if name in _EXITS and (path == name or path.startswith(("process.", "os.", "sys.", "System."))):
        return "exit"
    if is_answer(path):
        return "answer"
    if is_surface(path):
        return "surface"
    return "throw" if name in _PASSES_ON else "call"


# Operations whose failure is an answer, or of no consequence (measured: what decides precision).
_BENIGN_NAMES = re.compile(
    r"(?:^|[._])(?:parse\w*|loads|URL|URLSearchParams|Date|fromisoformat|strptime|strftime"
    r"|format\w*|toLocale\w*|DateTimeFormat|NumberFormat|Intl\.\w+|decodeURI\w*|atob|btoa"
    r"|decode|encode|Decimal|UUID|BigInt|RegExp|compile|test|match|getItem|setItem|removeItem"
    r"|clear|close\w*|end|quit|disconnect|destroy|terminate|kill|cleanup\w*|clean_up|teardown"
    r"|dispose|release|unlink\w*|rmSync|rm|rmdir\w*|rmtree|unsubscribe|removeListener|abort"
    r"|removeEventListener|cancel|play|pause|focus|blur|scroll\w*|requestFullscreen"
    r"|exitFullscreen|webkit\w+|prefetch|preload|vibrate|writeText|readText|requestPermission"
    r"|wakeLock\.request|require|require\.resolve|path\.resolve|import|import_module|__import__"
    r"|find_spec|getattr|hasattr|access|accessSync|exists\w*|existsSync|stat|statSync|lstat\w*"
    r"|mkdir\w*|makedirs|isatty|f?stat|\w*b64decode|getpreferredencoding|timedelta|curses\.\w+|signal\.signal|getloadavg|getlocale|safe_load|inspect\.\w+|get_terminal_size|getsockname|postMessage|setPointerCapture|releasePointerCapture|shutdown|stop"
    r"|detach|unmount|unobserve|relative_to|metadata\.version|get_distribution|jwtVerify"
    r"|jwt\.(?:verify|decode)|matchMedia|dispatchEvent|showPicker|setSelectionRange|execCommand"
    r"|performance\.\w+|createObjectURL|revokeObjectURL|ip_address|ip_network|getuser|getlogin"
    r"|orientation\.(?:lock|unlock)|navigator\.share|locale\.setlocale|(?:utc)?fromtimestamp"
    r"|get[amc]time|getsize|gmtime|localtime|IPAddress|IPNetwork"
    r"|addEventListener|getComputedStyle|getClientRects|getBoundingClientRect|getSelection"
    r"|removeAllRanges|ActiveXObject|getAllResponseHeaders|getResponseHeader|clearTimeout"
    r"|clearInterval|clearData|createElement|appendChild|removeChild|unbind"
    r"|urlparse|urlsplit|unsign\w*|from_string|winreg\.Enum(?:Key|Value)|(?:URLSafe(?:Timed)?|TaggedJSON)Serializer|parseaddr)(?:\(\))?$"
)
_BENIGN_WHOLE = re.compile(
    r"(?:cookieStore\.set|cookies\(\)\.set|(?:\w+\.)*res(?:p|ponse)?\.(?:json|text)|r\.(?:json|text)"
    r"|req(?:uest)?\.json|request\.get_json|os\.remove|fs\.unlink|int|float|parseInt|Number"
    r"|(?:localStorage|sessionStorage|window\.\w+Storage)\.\w+|\w*[aA]udio\w*\.load)"
)
_PLAIN = re.compile(
    r"(?:.*\.)?(?:then|catch|finally|toString|trim|slice|split|join|map|filter|forEach|has|keys"
    r"|values|entries|push|startsWith|endsWith|startswith|endswith|includes|replace|replaceAll"
    r"|lower|upper|strip\w*|append|index|toLowerCase|toUpperCase|substring|toISOString|getTime|concat"
    r"|Math\.\w+|querySelector\w*|getElementById|items|isArray|indexOf|now|stringify|dumps"
    r"|toFixed|rsplit|partition|rpartition|format|log|debug|info|Date\.now|Object\.\w+"
    r"|Array\.\w+|getAttribute|setdefault|splitlines|console\.\w+|isDirectory|isFile|S_IS\w+"
    r"|addClass|removeClass|toggleClass|children|closest|val|html|attr|css|prop"
    r"|re\.(?:search|match|fullmatch|findall)|groups?|timetuple|(?:config|settings|headers|environ|data)\.get"
    r")(?:\(\))?"
    r"|\$|jQuery|String|Array|Object|Boolean|isNaN|range|zip|min|max|round|abs|type|repr|bool|set|sorted"
    r"|any|all|sum|str|list|dict|tuple|len|isinstance|issubclass|super|print|enumerate|iter|id"
)


_PARSES = re.compile(r"(?:^|\.)(?:JSON\.parse|loads|parse|URL)$")
# What is read to be parsed, where the parsing is what fails.
_READS = re.compile(
    r"(?:^|[.#])(?:get|read|readFile|readFileSync|getItem|read_text|read_bytes|Path|decode|open|text|getText"
    r"|get\w*U(?:rl|RL|ri|RI))(?:\(\))?$"
)


def is_benign(path: str) -> bool:
    """Whether the failure of this call alone needs nobody: parsing, closing, playing, probing."""
    return _BENIGN_NAMES.search(path) is not None or _BENIGN_WHOLE.fullmatch(path) is not None


def is_parser(path: str) -> bool:
    """Whether the call reads a text as something that it may not be."""
    return _PARSES.search(path) is not None


def is_plain(path: str) -> bool:
    """Whether the call works on values that are at hand: it says nothing of what is tried."""
    return _PLAIN.fullmatch(path) is not None


def is_benign_try(calls: tuple[str, ...]) -> bool:
    """Whether all that is tried is benign, or works on values that are at hand."""
    telling = [path for path in calls if not is_plain(path) and f"{path}().close" not in calls]
    if any(_PARSES.search(path) for path in telling):
        telling = [path for path in telling if not _READS.search(path)]
    return all(is_benign(path) for path in telling)


_EXPLAINS = re.compile(
    r"[A-Za-z]{2,}[^A-Za-z]+[A-Za-z]{2,}|ignor|best.?effort|noop|optional|n.t happen", re.I
)
_MARK = re.compile(r"(?:^|\s)(?:#|//|/\*)")
_TOOLS = re.compile(
    r"eslint|prettier|@ts-|noqa|type:\s*ignore|pylint|pragma|biome|TODO|FIXME|istanbul"
)


def explains(comment: str) -> bool:
    """Whether a comment gives a reason, not only a word to another tool."""
    return any(_EXPLAINS.search(one) and not _TOOLS.search(one) for one in _MARK.split(comment))
