"""Which names are sensitive: the word list, and the questions asked of a name or value.

The words are those that Sentry documents for server-side scrubbing and the ones that its
SDKs add, with `author` and `tokenize` spared.
"""

from __future__ import annotations

import re
from functools import lru_cache

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub import foreign, formats
from vedette.pipeline.scrub.settings import ScrubSettings

# Every alternative ends in a byte that it may share with the end of its string, so that
# the same list works on raw JSON (`TRIGGER_WORDS`) and on a decoded string.
_WORDS = (
    r"passw(?:or)?d|passphrase|secret|api[-_]?key|access[-_]?key|private[-_]?key|mysql_pwd"
    r"|credential|bearer"
)
_TWO_FACTOR = "^two[-_]factor$|two[-_]?factor[-_]?(?:code|pin|key|otp|backup)"
_SHORT_NAMES = "pass|pw|pin"
_KEYS = "(?:encryption|signing|account|subscription|master|shared|storage|functions)[-_]?key"
# Functions that take a password as their third argument: PHP writes it into its stack traces.
CONNECTS = (
    "PDO(?:->__construct)?|mysqli?(?:->__construct|_connect|_real_connect)?|getConnection"
    "|ldap_bind|ftp_login|ssh2_auth_password|imap_open"
)
# Codes that are sent to let somebody in.
CODES = "(?:verification|one[- ]time|2fa|mfa|recovery|security|sms)"
# And as their second.
SIGNS_IN = (
    "(?:[lL]og[iI]n|[sS]ign[iI]n|[aA]uthenticate|[vV]erify[pP]assword|[cC]heck[pP]assword"
    "|NetworkCredential|UsernamePasswordCredentials|BasicAuth|basic_auth|setBasicAuth|SetBasicAuth"
    "|pgp_sym_(?:en|de)crypt)"
)
TRIGGER_WORDS = (
    rf"{_WORDS}|{foreign.TRIGGERS}|two[-_]?factor|cookie|jwt|token(?:[^i]|i[^sz])|auth(?:[^o]|o[^r]|ori)"
    r"|(?:[^a-z]|\\[bfnrt])(?:otp|dsn|pwd)[^a-z]|identified by|basic [a-z0-9+/]{8}"
    r"|-u(?:ser)?[ =][^ ]{1,60}:"
    rf"|[^a-z](?:{_SHORT_NAMES})[\"'\\\]]{{0,3}} ?[:=]|{_KEYS}"
    r"|passcode|pass_phrase|(?:db|smtp)pass|sess(?:ion)?id|x[-_]sess"
    r"|%[46][1-9a-f]|%[57][0-9a]|[?&\"]sig[=\"]|x-(?:amz|goog)-signature"
    rf"|(?:{CONNECTS}|{SIGNS_IN})\(|{CODES} code"
    r"|api key|requirepass|[cx]srf"
)
_VALUE_WORDS = (
    rf"{_WORDS}|{foreign.NAMES}|{_TWO_FACTOR}|token(?:$|[^i]|i$|i[^sz])|auth(?:$|[^o]|o$|o[^r]|ori)"
    r"|(?:^|[^a-z])otp(?:$|[^a-z])"
)
# Names that count in text only, where a sign and a value follow: as members they are too common.
_TEXT_NAME = re.compile(
    rf"(?:^|[_.-])(?:{_SHORT_NAMES}|passcode|pass_phrase|pwd)$|(?:db|smtp|user|root|admin)pass$"
    rf"|{_KEYS}$|^passwort$|(?:^|[_-])(?:php|j|asp)?sess(?:ion)?[_-]?id$".encode(),
    re.IGNORECASE,
)
# What a text must hold so that a secret can stand by its name in it.
_TOLD = (
    rf"{_WORDS}|{foreign.NAMES}|factor|token|auth|otp|dsn|jwt|pwd|cookie|identified|basic|pass|pin"
    rf"|pw|key|sess|{formats.MENTIONS}"
    rf"|htpasswd|rabbitmqctl|openssl|sqlplus|jdbc:oracle|\bnet1? use|{CODES} code"
    rf"|[?&]sig=|-signature=|(?:{CONNECTS}|{SIGNS_IN})\(|-u|[ \"']-[apw]|%[4-7][0-9a-f]"
)
_NAME_WORDS = (
    rf"{_VALUE_WORDS}|(?:^|[^a-z])dsn$|jwt|(?:^|_)x[-_]sess(?:ion)?[-_]"
    r"|(?:^|[^a-z])(?:cvv|cvc)2?(?:[-_]?(?:code|number|value))?$"
    r"|(?:ocp-apim-subscription|x-functions)-key$|^sig$|^x-(?:amz|goog)-signature$"
    r"|^_?[cx]srf$"
)

# Numbers under these names count tokens, they are none.
_COUNTS_TOKENS = re.compile(rb"tokens|token[-_.](?:count|limit|usage|budget)", re.IGNORECASE)
# Frameworks' own names among them: ASP.NET, WordPress, Symfony, Phoenix, Play, Rack, Supabase,
# NextAuth, Keycloak, Shibboleth, Drupal, Joomla, Discourse, GitLab and the like.
_SESSION_COOKIE = re.compile(
    rb"session|sess_?id|csrf|xsrf|remember|(?:^|[^a-z])(?:su|sudo|symfony)$|sid$|sess(?:[^a-z]|$)|^s?sess[0-9a-f]{32}"
    rb"|aspnet|aspx|logged_?in|login|signed_?in|identity|wordpress_(?!test)|wp-settings|sso"
    rb"|^_t$|^laravel|^sb-|clerk|__client|keycloak|^kc_|shib|saml|oidc|cognito|okta|^PLAY_"
    rb"|user_?id_signed|_signed_|impersonat|jwt|ticket|^_\w+_key$|^__ac$|typo_user|^moodleid"
    rb"|clearance|_iap_|^form_key$|storefront_digest|^xs$",
    re.IGNORECASE,
)
_REMEMBERED_BYTES = 128
_SAFE_VALUES = frozenset({b"", b"true", b"false", b"null", b"undefined", b"[Filtered]"})


def is_safe_value(content: bytes) -> bool:
    """Whether a string says nothing worth hiding: empty, a literal's name, or filtered before."""
    return content in _SAFE_VALUES


def counts_tokens(name: bytes) -> bool:
    """Whether a number under this name is a count (`max_tokens`), not a credential."""
    return _COUNTS_TOKENS.search(name) is not None


def is_session_cookie(name: bytes) -> bool:
    """Whether a cookie of this name carries a session, a login or a forgery token."""
    if len(name) > _REMEMBERED_BYTES:
        return _SESSION_COOKIE.search(name) is not None
    return _remembered_session_cookie(name)


@lru_cache(maxsize=4096)
def _remembered_session_cookie(name: bytes) -> bool:
    return _SESSION_COOKIE.search(name) is not None


def names_secret_in_text(name: bytes) -> bool:
    """Whether a name that is none of a member's secrets is one where a text gives it a value."""
    return _TEXT_NAME.search(name) is not None


def own_triggers(fields: tuple[bytes, ...]) -> tuple[str, ...]:
    """Patterns that find a project's own fields in raw JSON, in any spelling JSON allows."""
    spellings = dict.fromkeys(one for field in fields for one in foreign.spellings(field.decode()))
    return tuple(_escape(spelling) for spelling in spellings)


class Names:
    """Answers for one project's settings, with recent names remembered."""

    def __init__(self, settings: ScrubSettings) -> None:
        own = "|".join(re2.escape(field.decode()) for field in settings.own_fields)
        words = [_NAME_WORDS, _VALUE_WORDS] if settings.uses_defaults else ["", ""]
        names, values = (_matcher(pattern) for pattern in words)
        own_matcher = _matcher(own)
        told = _matcher(_TOLD) if settings.uses_defaults else None
        safe = frozenset(field.strip().casefold() for field in settings.safe_fields)

        def is_safe(name: bytes) -> bool:
            return name.decode("utf-8", "replace").casefold() in safe

        def name_rule(name: bytes) -> str | None:
            if safe and is_safe(name):
                return None
            if names is not None and names.search(name):
                return "@password:filter"
            return "strip-fields" if own_matcher is not None and own_matcher.search(name) else None

        def own_rule(content: bytes) -> str | None:
            return (
                "strip-fields" if own_matcher is not None and own_matcher.search(content) else None
            )

        def value_rule(content: bytes) -> str | None:
            if values is not None and values.search(content):
                return "@password:filter"
            return own_rule(content)

        def mentions(content: bytes) -> bool:
            if told is not None and told.search(content):
                return True
            return own_matcher is not None and own_matcher.search(content) is not None

        self.own = own_matcher
        self.mentions = mentions
        self.is_safe = is_safe if safe else _never
        self.value_rule = value_rule
        self.own_rule = own_rule
        self.uses_defaults = settings.uses_defaults
        self._name_rule = name_rule
        self._remembered = lru_cache(maxsize=4096)(name_rule)

    def name_rule(self, name: bytes) -> str | None:
        """The rule by which the value of `name` is to go, if there is one."""
        if len(name) > _REMEMBERED_BYTES:
            return self._name_rule(name)
        return self._remembered(name)


def _matcher(pattern: str) -> re2._Regexp | None:
    return re2.compile(f"(?i:{pattern})".encode()) if pattern else None


def _never(_name: bytes) -> bool:
    return False


def _escape(literal: str) -> str:
    # A hit is reported two bytes before its end, so a match has at least two bytes.
    return re.escape(literal) + ("" if len(literal.encode()) > 1 else r"[\s\S]")
