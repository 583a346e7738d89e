"""What a span is about: a statement without its values, a host, a cache, a queue, a model.

Spans of one kind of work then have one `subject`, by which they are counted together. Source
of the attribute names: OpenTelemetry's semantic conventions, and what Sentry's SDKs send.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

_MOST_CHARACTERS = 1000


class Subject(NamedTuple):
    """`category` is the kind of work; `system` what does it, `domain` the table, host, queue or
    model, `action` the verb; `words` the description without what differs each time."""

    category: str
    action: str = ""
    domain: str = ""
    system: str = ""
    words: str = ""


def subject_of(op: str, description: str, attributes: Mapping[str, Any]) -> Subject:
    """What a span with this op and description is about."""
    category = category_of(op)
    read = _READERS.get(category)
    if read is None:
        return Subject(category, words=without_ids(description[:_MOST_CHARACTERS]))
    return read(op, description[:_MOST_CHARACTERS], attributes)


@lru_cache(maxsize=1024)
def category_of(op: str) -> str:
    """The kind of work that an op names."""
    if op.startswith(("db.redis", "cache")):
        return "cache"
    if op == "http.server":
        return "server"
    if op.startswith(("queue", "messaging")):
        return "queue"
    first = op.partition(".")[0]
    return first or "other"


def _first(attributes: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = attributes.get(name)
        if isinstance(value, str) and value:
            return value[:200]
        if isinstance(value, list) and value and isinstance(value[0], str):
            return str(value[0])[:200]
    return ""


def _database(op: str, description: str, attributes: Mapping[str, Any]) -> Subject:
    system = _first(attributes, "db.system.name", "db.system")
    if system in ("mongodb", "elasticsearch", "dynamodb") or description.lstrip()[:1] == "{":
        action = _first(attributes, "db.operation.name", "db.operation")
        domain = _first(attributes, "db.collection.name", "db.mongodb.collection")
        return Subject("db", action, domain, system, _without_values(description))
    action, domain, words = statement(description)
    return Subject(
        "db",
        action or _first(attributes, "db.operation.name", "db.operation").upper(),
        domain or _first(attributes, "db.collection.name", "db.sql.table"),
        system,
        words,
    )


@lru_cache(maxsize=8192)
def statement(text: str) -> tuple[str, str, str]:
    """A statement's verb, its first table, and the statement without its values."""
    words = _COMMENT.sub(" ", text)
    words = str(linear(_QUOTED).sub("%s", words))
    words = _NUMBER.sub("%s", words)
    words = " ".join(words.split())
    words = _LIST.sub("(%s)", words)
    words = _ROWS.sub("(%s)", words)
    words = _NAMED.sub(r"\1 %s", words)
    verb = _VERB.match(words)
    table = _TABLE.search(words)
    domain = re.sub(r'["`\[\]]', "", table[1]) if table else ""
    action = verb[0].upper() if verb else ""
    return (action if action in _VERBS else "", domain[:200], words)


@cache
def linear(pattern: str) -> Any:
    """A pattern whose cost grows with the text alone, whatever a stranger writes."""
    import re2  # type: ignore[import-untyped]  # of use where spans are read, not at the door

    return re2.compile(pattern)


_COMMENT = re.compile(r"/\*[^*]{0,400}\*/|--[^\n]{0,400}")
_QUOTED = r"'(?:[^'\\]|\\.|'')*'"
_NUMBER = re.compile(r"(?<![\w$%:@.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b")
_VALUE = r"(?:%s|\?|\$\d{1,4}|:\w{1,40}|@\w{1,40}|NULL|null|true|false)"
_LIST = re.compile(rf"\(\s?{_VALUE}(?:\s?,\s?{_VALUE})+\s?\)")
_ROWS = re.compile(r"\(%s\)(?:\s?,\s?\(%s\))+")
_NAMED = re.compile(r"\b(SAVEPOINT|savepoint)\s+\S+")
_VERB = re.compile(r"[A-Za-z]{2,20}")
_VERBS = frozenset(
    (
        *("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "UPSERT", "MERGE", "VALUES", "WITH"),
        *("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "LOCK", "SET", "SHOW", "USE"),
        *("CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "ANALYZE", "VACUUM", "PRAGMA", "COPY"),
        *("CALL", "EXEC", "EXECUTE", "EXPLAIN", "NOTIFY"),
    )
)
_TABLE = re.compile(
    r"\b(?:FROM|INTO|UPDATE|JOIN|TABLE)\s+(?:ONLY\s+|IF\s+(?:NOT\s+)?EXISTS\s+)?"
    r"([\w.\"`\[\]$-]{1,200})",
    re.IGNORECASE,
)


def _without_values(description: str) -> str:
    """A query of a document store without its texts and numbers."""
    return _DOCUMENT_NUMBER.sub("?", linear(_DOCUMENT_TEXT).sub(': "?"', description))


_DOCUMENT_TEXT = r':\s?"(?:[^"\\]|\\.)*"'
_DOCUMENT_NUMBER = re.compile(r"(?<=[:\[, ])-?\d+(?:\.\d+)?\b")


def _http(op: str, description: str, attributes: Mapping[str, Any]) -> Subject:
    method = _first(attributes, "http.request.method", "http.method", "method").upper()
    address = _first(attributes, "url.full", "http.url", "url")
    first, _, rest = description.partition(" ")
    if first.isupper() and first.isalpha() and rest:
        method, address = method or first, address if "://" in address else rest or address
    elif "://" in description and "://" not in address:
        address = description
    host, path = _parts(address)
    host = host or _first(attributes, "server.address", "url.domain", "net.peer.name")
    if host and not path:
        path = _first(attributes, "url.path", "http.target").partition("?")[0]
    where = f"{host}{without_ids(path)}" if host else without_ids(rest or description)
    return Subject("http", method, host, "", f"{method} {where}".strip())


@lru_cache(maxsize=4096)
def _parts(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        return (parts.netloc.rpartition("@")[2].lower(), parts.path)
    except ValueError:
        return "", ""


def _resource(op: str, description: str, attributes: Mapping[str, Any]) -> Subject:
    address = _first(attributes, "url.full", "http.url", "url")
    if "://" not in address:
        address = description
    action = op.partition(".")[2]
    if address.startswith(("data:", "blob:")):  # part of the page itself: each is another
        return Subject("resource", action, "", "", f"{address[:5]}*")
    host, path = _parts(address)
    host = host or _first(attributes, "server.address", "url.domain")
    folder, slash, name = path.rpartition("/")
    name = without_hash(name)
    if op not in _BUILT:  # numbers in the name of a script are those of its version
        name = without_ids(name)
    path = without_ids(folder) + slash + name
    return Subject("resource", action, host, "", f"{host}{path}")


@lru_cache(maxsize=4096)
def without_hash(name: str) -> str:
    """A file's name with `*` for the hash that a build puts into it: `app.*.js`.

    A hash has eight characters at least, of them a digit, or letters of both cases in a row that
    no word has.
    """
    return _BUILD_HASH.sub(_unless_word, name)


def _unless_word(found: re.Match[str]) -> str:
    text = found[2]
    is_hash = any(char.isdigit() for char in text) or bool(_MIXED.search(text))
    return f"{found[1]}*" if is_hash else found[0]


_BUILT = ("resource.script", "resource.css", "resource.link")
_BUILD_HASH = re.compile(r"([.~-])([A-Za-z0-9_]{8,64})(?=(?:\.[A-Za-z0-9]{1,10}){1,3}$)")
_MIXED = re.compile(r"[a-z][A-Z][A-Z]|[A-Z][A-Z][a-z]+[A-Z]")


def _cache(op: str, description: str, attributes: Mapping[str, Any]) -> Subject:
    system = _first(attributes, "db.system.name", "db.system", "cache.system")
    if op.startswith("db"):
        system = system or "redis"
    action = op.partition(".")[2] if op.startswith("cache") else ""
    if not action or action.startswith("redis"):
        action = (_first(attributes, "db.operation.name", "db.operation")
                  or description.partition(" ")[0])  # fmt: skip
    key = _first(attributes, "cache.key", "db.redis.key") or description
    return Subject("cache", action.lower()[:64], system, system, without_ids(key))


def _queue(op: str, description: str, attributes: Mapping[str, Any]) -> Subject:
    queue = _first(attributes, "messaging.destination.name", "messaging.destination", "queue.name")
    system = _first(attributes, "messaging.system")
    action = op.partition(".")[2]
    return Subject("queue", action, queue, system, without_ids(description))


def _model(op: str, description: str, attributes: Mapping[str, Any]) -> Subject:
    model = _first(attributes, "gen_ai.response.model", "gen_ai.request.model", "ai.model_id")
    system = _first(attributes, "gen_ai.provider.name", "gen_ai.system")
    action = _first(attributes, "gen_ai.operation.name") or op.partition(".")[2]
    return Subject("gen_ai", action, model, system, without_ids(description))


@lru_cache(maxsize=8192)
def without_ids(text: str) -> str:
    """A text or path with `*` where each time another number or id stands."""
    return _IDS.sub("*", text) if any(char.isdigit() for char in text) else text


_IDS = re.compile(
    r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"
    r"|\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{12,64}\b"
    r"|(?<![A-Za-z0-9_.])\d+(?![A-Za-z_0-9])"
)

_READERS: dict[str, Callable[[str, str, Mapping[str, Any]], Subject]] = {
    "db": _database,
    "http": _http,
    "resource": _resource,
    "cache": _cache,
    "queue": _queue,
    "gen_ai": _model,
    "ai": _model,
}
