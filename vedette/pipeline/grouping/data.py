"""The kinds of data that a message may hold, and how each is written.

`PATTERNS` is a row of names and expressions for `parameterise`. Order matters: the first that
matches at a place wins, so the longer and more specific shapes stand above numbers. A name is
what stands for the data in a group, but for a low line behind it; `keep` is no data.
"""

from __future__ import annotations

from typing import Final

from vedette.pipeline.grouping.identifiers import BASE64, POD, WORD

NUMBER_WORDS: Final = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
# Words whose value names somebody or something: data, unlike a column or an error.
_OWNERS: Final = (
    "user username user_name user_id userid login account customer tenant member owner player"
    " employee client patient student author sender recipient nickname first_name firstname"
    " last_name lastname city company organization organisation benutzer utilisateur usuario"
)
_OWNED: Final = "|".join(f"(?<={owner})" for owner in _OWNERS.split())
_MONTHS: Final = (
    "janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre"
    "|décembre|januar|jänner|februar|märz|juni|juli|oktober|dezember|enero|febrero|marzo|abril"
    "|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile"
    "|maggio|giugno|luglio|settembre|ottobre|dicembre"
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_NO_LETTER: Final = r"(?![\w\u0080-\U0010ffff])"
_DAY: Final = r"\d{1,2}"
_CLOCK: Final = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]m\b)?"
_ZONE: Final = (
    r"(?:\s?(?:(?:GMT|UTC)[+-]\d{2}:?\d{2}(?: \([^()\n]{3,60}\))?|Z\b|UTC\b|GMT\b"
    r"|[+-]\d{2}:?\d{2}(?!\d)"
    r"|(?:CES?T|[ECMP][SD]T|BST|IST|JST|MSK|AE[SD]T)\b))?"
)
_QUOTES: Final = (
    ("„", "“”"),
    ("“", "”"),
    ("‚", "‘"),
    ("‘", "’"),
    ("«", "»"),
    ("‹", "›"),
    ("”", "”"),
)
_ASIAN_QUOTES: Final = (("「", "」"), ("『", "』"))
_DATES: Final = (
    # 2024-01-02T03:04:05Z, 2024/1/2 03:04
    rf"\b\d{{4}}(?P<dash>[-/])\d{{1,2}}(?P=dash)\d{{1,2}}(?:[T ]{_CLOCK}{_ZONE})?(?![\d-])",
    # 20240102T030405Z, klog's I0102 03:04:05.123
    r"\b\d{8}T\d{4,6}(?:\.\d{1,9})?Z?\b",
    rf"\b[IWEF]\d{{4}} {_CLOCK}",
    # Sun, 22 Nov 2026 01:43:42 GMT, Sunday, 06-Nov-94 08:49:37 GMT, Sun Nov 22 01:43:42 2026
    rf"\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}\.?,? )?(?:{_DAY}(?:[-/]|\.? (?:de )?)"
    rf"(?:{_MONTHS}|{_MONTH})(?: de |[-/ ,.]{{1,2}})\d{{2,4}}(?:[:T, ]{{1,2}}{_CLOCK}{_ZONE})?"
    rf"|{_MONTH}\.? {{1,2}}{_DAY}(?:st|nd|rd|th)?(?!\d)"
    rf"(?:,? \d{{4}}(?!\d))?(?:,? {_CLOCK}{_ZONE}(?: \d{{4}}(?!\d))?)?(?:{_ZONE} \d{{4}}(?!\d))?)",
    # 02.01.2024 03:04, 11/22/2026, 1:43:42 AM
    rf"\b{_DAY}\.{_DAY}\.\d{{4}}(?:,? {_CLOCK})?(?!\d)",
    rf"\b{_DAY}/{_DAY}/\d{{4}}(?:,? {_CLOCK})?(?!\d)",
    rf"\d{{4}}年{_DAY}月(?:{_DAY}日)?",
    r"\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?\b(?: ?[ap]m\b)?|\b\d{1,2}:\d{2} ?[ap]m\b",
)
# Numbers as the languages of the world write them: 1.234,56 and 1,234.56 and 1 234,5.
_FLOATS: Final = (
    r"(?<![\w.,])[+-]?\d{1,3}(?:\.\d{3})+,\d+(?![\w,])",
    r"(?<![\w.,])[+-]?\d{1,3}(?:,\d{3})+\.\d+(?![\w,])",
    r"(?<![\w.,])[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?(?![\w,])",
    "(?<![\\w.,])[+-]?\\d{1,3}(?:[\u00a0\u202f' ]\\d{3})+[.,]\\d+(?![\\w,])",
    r"(?<![\w.,])[+-]?\d+,\d{1,2}(?![\w,])(?!, ?\d)",
    r"(?<![\w.])[+-]?\d+\.\d+(?:e[+-]?\d+)?(?!\w)",
    r"(?<![\w.])\d+e[+-]?\d+(?!\w)",
)
# Words before a name in quotes that stands in somebody's code: `field 'address2' is required`.
_NAMED_IN_CODE: Final = "|".join(
    f"(?<={noun} .)"
    for noun in (
        *("field", "column", "attribute", "property", "parameter", "argument", "param", "method"),
        *("function", "variable", "import name", "option", "fields", "columns"),
    )
)
PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    # A digit in the name of a technology is not data.
    (
        "keep",
        (
            r"(?<![\w])(?:sha-?\d{1,3}|md[45]|utf-?(?:8|16|32)|u?int\d{1,2}|float\d{1,2}|base(?:32|64)"
            r"|x86(?:_64)?|x64|amd64|arm64|win32|ipv[46]|http/\d(?:\.\d)?|oauth2|iso-?8859-\d+"
            r"|latin-?1|log4j2?|[sd]3|ec2|k8s|h26[45]|mp[34]|es\d{1,4}|p\d{2}"
            r"|ng0\d{3,5}|minified (?:react|redux) error #\d{1,4})(?!\w)"
        ),
    ),
    # Codes of errors: those of compilers and databases, and any behind a word that says so.
    (
        "keep__",
        (
            r"(?<![\w-])(?=[a-z]{1,9}(?:[-_:= ]{0,2}\d"
            r"|[ =](?:code|number|status|[a-z]{1,6}[-_]?\d)))"
            r"(?:(?-i:E\d{3,5}|(?:ORA|PLS|TNS|DPY|DPI|RMAN|IMP|SP2)-\d{4,5}"
            r"|PGRST\d{3}|(?:TS|CS|CA|BC|FS|NU|MSB|LNK|SC)\d{4}"
            r"|NETSDK\d{4}|AADSTS\d{5,7}"
            r"|(?:CVE-\d{4}|RUSTSEC-\d{4}|CWE|RFC)[- ]\d{2,7}"
            r"|(?:ERR|EC|SQL|KB|WRN|MSG)[-_]?\d{2,7}[A-Z]?)|HTTP [1-5]\d\d"
            r"|(?:errno|winerror|error (?:code|number)|exit (?:code|status)|with code"
            r"|status(?: code)?)[:= ]{1,2}-?\d{1,5}"
            r"|error \d{1,5}(?=$|[:;,)\]]|\.(?!\d)| (?:\(|at |in |from |while |when |raised))"
            r"|(?:error|code|fehler|erreur|exception|err)[ =](?-i:[A-Z]{1,6}[-_]?\d{2,6}))(?![\w-])"
        ),
    ),
    # The row that a database refuses, in its own words: `Duplicate entry 'alice' for key`.
    (
        "str__",
        (
            r"(?<=duplicate entry )(?P<entry>['\"])[^\n]{1,200}?(?P=entry)(?= for key)"
            r"|(?<=\)=)\([^\n]{1,200}?\)(?= (?:already exists|is (?:not present|still referenced)"
            r"|conflicts with))"
            r"|(?<=duplicate key value is )\([^\n]{1,200}?\)(?=\.)"
            r"|(?<=dup key: )\{[^\n]{1,200}?\}(?!\w)"
        ),
    ),
    # What names in JSON say of an error: {"error": "card_declined"}. And classes and modules.
    (
        "keep_",
        (
            r"['\"](?:(?:error_?)?(?:error|code|type|kind|reason)['\"]:\s?"
            r"['\"][a-z]{1,40}(?:[_.-][a-z]{1,40}){0,8}['\"](?!\w)"
            r"|(?:(?<=class .)|(?<=interface .)|(?<=trait .))\w{1,80}(?:\\{1,2}\w{1,80}){1,9}['\"]"
            r"|(?:(?<=module .)|(?<=resolve .)|(?<=package .))[.@]{0,2}/?[a-z][\w-]{0,80}"
            r"(?:/[a-z][\w.-]{0,80}){0,9}['\"]"
            rf"|(?:{_NAMED_IN_CODE})[a-z_](?:\w{{0,80}}[a-z_])?\d{{1,2}}['\"](?!\w))"
        ),
    ),
    # The value of a name in JSON or in a Python dict: {"name": "Alice"}.
    (
        "value",
        (
            r"(?<=['\"]:)\s?(?:(?P<mark>['\"])(?:[^'\"\n\\]|\\.){0,200}(?P=mark)(?!\w)"
            r"|(?:true|false)(?!\w)|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?=\s?[,}\]]))"
        ),
    ),
    # The value of a name that tells a person, a machine or a record: `user=alice`, `User 'bob'`.
    (
        "name",
        (
            rf"(?=[=:]| ['\"\u2018\u201c])(?:{_OWNED})(?P<is>=|: ?(?=['\"])| )"
            r"(?:(?P<tick>['\"])[^'\"\n]{1,80}(?P=tick)|\u2018[^\u2019\n]{1,80}\u2019"
            r"|\u201c[^\u201d\n]{1,80}\u201d|(?<==)[a-z][\w.-]{0,80}(?![\w.('\[]))"
        ),
    ),
    # Words in a row that are data: a list in brackets, or to the end of the text.
    (
        "list",
        (
            r"(?<=[\[({])\s?(?P<mark_>['\"])[\w.-]{1,80}(?P=mark_)"
            r"(?:, ?(?P=mark_)[\w.-]{1,80}(?P=mark_)){1,200}(?=\s?[\])}])"
            r"|(?<=['\"]: \[)(?P<mark__>['\"])[\w.-]{1,80}(?P=mark__)(?=\])"
            r"|(?<=[a-rtv-z]s: )[a-z_][\w-]{0,60}(?:, [a-z_][\w-]{0,60}){1,60}"
            r"(?:,? (?:and|or) [a-z_][\w-]{0,60})?$"
        ),
    ),
    ("url_", r"(?<![\w.-])[\w.-]{1,64}@[\w.-]{1,128}:[\w./~-]{1,200}\.git\b"),
    ("email", r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    ("url", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s'\"<>)\]}]+"),
    ("uuid", r"(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])"),
    ("jwt", r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    ("date", "|".join(_DATES)),
    ("ip", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?(?![\w.]\d)"),
    ("mac", r"\b[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})\b"),
    (
        "phone",
        (
            r"(?<![\w+])\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,5}(?![\w-])"
            r"|(?<![\w(])\(\d{3}\) ?\d{3}-\d{4}(?![\w-])"
            r"|(?<![\w.-])\d{3}(?P<sep>[-.])\d{3}(?P=sep)\d{4}(?![\w.-]\w)"
        ),
    ),
    (
        "user",
        (
            r"(?<=[\\/])(?:(?:(?<=/home/)|(?<=/users/))[^\\/\s'\":]{1,64}(?=[\\/])"
            r"|(?:(?<=[a-z]:\\users\\)|(?<=[a-z]:\\\\users\\\\))[^\\/\n'\":]{1,64}(?=[\\/]))"
        ),
    ),
    ("amount", r"[€$£¥₹₩₽₺₫฿]\s?\d+(?:[.,'\u00a0\u202f]\d{2,3})*(?:[.,]\d{1,2})?(?![\w.,]\d)"),
    (
        "ip_",
        (
            r"(?<![\w:])(?:\[[0-9a-f:]{2,40}%\w{1,16}\](?::\d{1,5})?|[0-9a-f]{1,4}:[0-9a-f:]{1,36}%\w{1,16}"
            r"|\[?(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}|(?:[0-9a-f]{1,4}:){1,7}:"
            r"(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|::[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})"
            r"\]?(?::\d{1,5}(?!\d))?(?![\w:]))"
        ),
    ),
    # `Unable to preload CSS for /assets/index-BxTqRsUv.css`
    ("script", r"(?<![\w./~-])[\w./~-]{4,300}\.(?:[cm]?js|css)(?![\w./-])"),
    ("pod", POD),
    (
        "hex",
        r"\b0x[0-9a-f]+\b|(?<![0-9a-z])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}(?![0-9a-z])"
        r"|(?<![\w.])\d(?=\d*[a-f])[0-9a-f]{3,5}(?![\w.])",
    ),
    # The hash of an object: `com.acme.Order@1a2b3c4d`.
    ("hex__", r"(?<=[a-z\]);]@)[0-9a-f]{1,8}(?![\w.@-])"),
    ("identifier", BASE64),
    (
        "str_",
        "|".join(
            (
                r"(?<!\w)(?P<quote>['\"`])(?=[^'\"`\n]*[\s\d@/\\])[^'\"`\n]{1,200}(?P=quote)(?!\w)",
                *(
                    rf"{one}(?=[^{one}{end}\n]*[\s\d@/\\])[^{one}{end}\n]{{1,200}}[{end}]"
                    for one, end in (*_QUOTES, *_ASIAN_QUOTES)
                ),
            )
        ),
    ),
    ("tmp", r"\btmp(?:[a-z0-9_]{8}|(?=[a-z_]*\d)[a-z0-9_]{6,7})\b"),
    (
        "duration",
        (
            r"(?<![\w.])(?:(?:\d+h)?\d+m\d+(?:\.\d+)?s\b|\d+h\d+m\b|[+-]?\d+(?:[.,]\d+)?\s?"
            r"(?:ns|us|µs|ms|s|sec|secs|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?"
            rf"|milliseconds?|microseconds?){_NO_LETTER})|\bP(?:\d{{1,6}}D)?T(?:\d{{1,6}}(?:\.\d{{1,9}})?[HMS]){{1,3}}\b"
        ),
    ),
    ("size", rf"(?<![\w.])\d+(?:[.,]\d+)?\s?(?:[kmgt]i?b|bytes?){_NO_LETTER}"),
    ("version", r"(?<![\w.])v?\d+\.\d+\.\d+(?:[.\-+][\w.]+){0,3}(?!\w)"),
    ("float", "|".join(_FLOATS)),
    ("token", WORD),
    # A lone digit right behind a letter is part of a word: `step b2`, `worker2` stays.
    (
        "int",
        (
            r"(?<![\w.])[+-]?\d{1,3}(?:,\d{3})+(?![\w,])"
            r"|\b\d+(?:st|nd|rd|th)\b"
            r"|(?<!\w)[+-](?=\d)\d+|(?<![^\W_])\d+|\d{2,}|(?<=第)[一二三四五六七八九十百千〇零两]{1,9}"
            r"|[一二三四五六七八九两][十百千][一二三四五六七八九十百千万〇零]{0,12}"
            r"|[十百千][一二三四五六七八九][十百千〇零]{0,12}|[一二三四五六七八九〇零]{3,20}"
            rf"|\b(?:{NUMBER_WORDS})(?= [a-z]{{2,30}}s\b)"
        ),
    ),
)
