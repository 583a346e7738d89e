"""What an audit sends to a server, and what a server takes: one document per project and commit.

Both sides are made of these types, so nothing here needs a parser or Django. Everything is
bounded; `SCHEMA` is raised when the meaning of a field changes.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from vedette.audit.finding import Severity

SCHEMA = 1
MOST_BYTES = 16 << 20  # of the document, as text
MOST_FINDINGS = 5_000  # the most urgent ones: nobody reads more
MOST_PATHS = 50_000

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000|\x00")

Short = Annotated[str, Meta(max_length=200)]
Words = Annotated[str, Meta(max_length=1000)]
Path = Annotated[str, Meta(max_length=500)]
Line = Annotated[int, Meta(ge=0, le=100_000_000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Fingerprint = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Commit = Annotated[str, Meta(pattern=r"^[0-9a-f]{7,64}\Z")]
SeverityWord = Literal["info", "routine", "important", "urgent"]


class Sent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value of this module."""


class SentChange(Sent, frozen=True, kw_only=True):
    """What stands in the code and what to write instead, as lines from `first` on."""

    first: Line
    old: Annotated[list[Words], Meta(max_length=40)] = []
    new: Annotated[list[Words], Meta(max_length=60)] = []


class SentFinding(Sent, frozen=True, kw_only=True):
    """A finding (`vedette.audit.finding`). `reason` says why the checkout accepts it.

    `snippet` and `instead` hold source, so they are there only if the person asked for it.
    """

    fingerprint: Fingerprint
    rule: Short
    severity: SeverityWord
    what: Words
    path: Path = ""
    line: Line = 0
    last_line: Line = 0
    function: Short = ""
    subject: Short = ""
    explained: bool = False
    is_accepted: bool = False
    reason: Words = ""
    snippet: Annotated[list[Words], Meta(max_length=12)] = []
    instead: SentChange | None = None

    @property
    def weight(self) -> Severity:
        """The severity as a number."""
        return Severity[self.severity.upper()]


class SentRule(Sent, frozen=True, kw_only=True):
    """What a rule is about, in the words of the version that found it."""

    title: Words
    why: Words
    advice: Words = ""


class SentPackage(Sent, frozen=True, kw_only=True):
    """A package; `is_deployed` if it runs for people, `has_sdk` if something reports its errors."""

    folder: Path
    name: Short = ""
    ecosystem: Short = ""
    is_deployed: bool = False
    has_sdk: bool = False


class SentJob(Sent, frozen=True, kw_only=True):
    """A job by the clock; `slug` is the monitor that the code names for it."""

    name: Short
    path: Path
    line: Line = 0
    slug: Short = ""


class SentPage(Sent, frozen=True, kw_only=True):
    """A page with its address, and whether a boundary is around it."""

    route: Short
    path: Path
    has_boundary: bool = False


class SentCapture(Sent, frozen=True, kw_only=True):
    """A place that reports."""

    path: Path
    function: Short = ""
    line: Line = 0


class SentDependency(Sent, frozen=True, kw_only=True):
    """A service that the code talks to: whether a health check asks it, and what becomes of its
    failures: how many of the places that call it report, only log, swallow or pass them on."""

    name: Short
    kind: Short = ""
    path: Path = ""
    line: Line = 0
    is_checked: bool = False
    is_critical: bool = False
    reported: Count = 0
    logged: Count = 0
    swallowed: Count = 0
    passed_on: Count = 0


class SentCoverage(Sent, frozen=True, kw_only=True):
    """Places that catch an error, by what becomes of it."""

    reported: Count = 0
    logged: Count = 0
    swallowed: Count = 0


class Document(Sent, frozen=True, kw_only=True):
    """An audit of a commit as one project sees it. `paths` are the files that were read."""

    schema: Literal[1]
    commit: Commit
    committed_at: Annotated[float, Meta(ge=0, le=32_503_680_000)] = 0.0
    release: Annotated[str, Meta(max_length=250)] = ""
    name: Short = ""
    version: Short = ""
    files: Annotated[dict[Short, Count], Meta(max_length=200)] = {}
    findings: Annotated[list[SentFinding], Meta(max_length=MOST_FINDINGS)] = []
    rules: Annotated[dict[Short, SentRule], Meta(max_length=500)] = {}
    coverage: SentCoverage = SentCoverage()
    packages: Annotated[list[SentPackage], Meta(max_length=500)] = []
    jobs: Annotated[list[SentJob], Meta(max_length=500)] = []
    pages: Annotated[list[SentPage], Meta(max_length=2000)] = []
    captures: Annotated[list[SentCapture], Meta(max_length=2000)] = []
    dependencies: Annotated[list[SentDependency], Meta(max_length=200)] = []
    fine: Annotated[list[Words], Meta(max_length=200)] = []
    paths: Annotated[list[Path], Meta(max_length=MOST_PATHS)] = []


class _AnySchema(msgspec.Struct, frozen=True):
    """What another version sends: nothing else of it is kept, however much there is."""

    schema: msgspec.Raw = msgspec.Raw(b"None")


class WrongDocument(Exception):
    """What came is no document of this schema; the message says what is wrong with it."""


_decoder = msgspec.json.Decoder(Document)
_schema_decoder = msgspec.json.Decoder(_AnySchema)


def read_document(text: bytes) -> Document:
    """The document of a text. Raises `WrongDocument`."""
    if _NUL.search(text):
        raise WrongDocument("it holds a character that no text may hold")
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise WrongDocument(_words(text, error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongDocument(f"this is no JSON of an audit: {error}") from None


def write_document(document: Document) -> bytes:
    """The text of a document."""
    return msgspec.json.encode(document)


def _words(text: bytes, error: msgspec.ValidationError) -> str:
    """What is wrong with a text; another schema explains all else that is."""
    try:
        schema = bytes(_schema_decoder.decode(text).schema).decode("utf-8", "replace")
    except (msgspec.DecodeError, RecursionError):
        return f"this is no JSON of an audit: {error}"
    if schema == str(SCHEMA):
        return str(error)
    return (
        f"schema {schema[:40]} is not known here, only {SCHEMA}: "
        "the auditor and the server are of different versions"
    )
