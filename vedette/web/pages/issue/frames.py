"""One stack frame as a person reads it: where, in what code, with which variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from vedette.web.pages.issue.payload import Payload, mapping, number, sequence, text
from vedette.web.pages.issue.readability import Readability, make_readability
from vedette.web.pages.issue.source_code import Fragment, colour
from vedette.web.pages.issue.symbols import SymbolReading, make_symbol_reading, trust_mark
from vedette.web.remarks import Remarks
from vedette.web.values import Budget, Entry, show_entries

CONTEXT_LINES = 5
_MOST_LINE_CHARACTERS = 1000
_LIBRARY_FOLDER = re.compile(
    r"(?:site-packages|dist-packages|node_modules|vendor|gems)/((?:@[^/]+/)?[^/]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One line of source; `number` is empty when the frame names no line."""

    number: str
    fragments: list[Fragment]
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame; `repeats` counts the same frame called again and again below it.

    The links lead to what an audit found in its file, to its line in its repository and in the
    viewer's editor.
    """

    function: str
    module: str
    file: str
    path: str
    line: str
    in_app: bool
    package: str
    address: str
    source: list[SourceLine]
    variables: list[Entry]
    source_link: str
    readability: Readability | None
    symbols: SymbolReading | None = None
    doubt: str = ""
    is_open: bool = False
    repeats: int = 0
    code_link: str = ""
    code_words: str = ""
    editor_link: str = ""
    editor_words: str = ""
    audit_link: str = ""
    audit_words: str = ""

    @property
    def has_body(self) -> bool:
        """Whether there is more to see than the head line."""
        return bool(self.source or self.variables or self.readability or self.symbols)

    @property
    def image(self) -> str:
        """The loaded file of a frame that names its source file besides."""
        return self.package if self.symbols and self.file and self.package != self.module else ""

    @property
    def shown_address(self) -> str:
        """The address, where no line says more."""
        return "" if self.symbols and self.line else self.address

    @property
    def link_count(self) -> int:
        """How many links stand at its end."""
        links = (self.audit_link, self.source_link, self.code_link, self.editor_link)
        return sum(map(bool, links))

    @property
    def place(self) -> str:
        """File and line, or the module or image where the frame names no file."""
        where = self.file or self.module or self.package
        return f"{where}:{self.line}" if self.line and where else where


def make_frame(
    held: Payload, remarks: Remarks, budget: Budget, *, platform: str, with_body: bool
) -> Frame:
    """The frame's words; without `with_body` source and variables are left out."""
    line, column = number(held.get("lineno")), number(held.get("colno"))
    place = "" if line is None else f"{line}:{column}" if column is not None else str(line)
    variables = mapping(held.get("vars")) if with_body else {}
    known_platform = text(held.get("platform")) or platform
    return Frame(
        function=text(held.get("function")) or text(held.get("symbol")) or "<unknown>",
        module=text(held.get("module")),
        file=text(held.get("filename")) or text(held.get("abs_path")),
        path=text(held.get("abs_path")),
        line=place,
        in_app=held.get("in_app") is True,
        package=_package(held),
        address=text(held.get("instruction_addr")),
        source=_source(held, line, known_platform) if with_body else [],
        variables=show_entries(variables, remarks.at("vars"), budget),
        source_link=http_link(held.get("source_link")),
        readability=make_readability(held),
        symbols=make_symbol_reading(held),
        doubt=trust_mark(held),
    )


def frame_line(frame: Frame) -> int | None:
    """The number of the frame's line, of `12:5` or `12`."""
    line = frame.line.partition(":")[0]
    return int(line) if line.isdecimal() else None


def http_link(value: object) -> str:
    """An address from an event that may become a link: http and https only."""
    address = text(value).strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def _package(held: Payload) -> str:
    """The library a frame belongs to, for the words `12 frames in django`."""
    path = (text(held.get("abs_path")) or text(held.get("filename"))).replace("\\", "/")
    found = _LIBRARY_FOLDER.findall(path)
    if found:
        return str(found[-1]).removesuffix(".py")
    image = text(held.get("package")).replace("\\", "/").rpartition("/")[2]
    if image:
        return _short_assembly(image)
    module = text(held.get("module"))
    parts = re.split(r"[./:\\]", module)
    if len(parts) > 2 and parts[0] in ("org", "com", "io", "net", "java", "javax", "jdk", "kotlin"):
        return ".".join(parts[:2])
    return parts[0] or path.rpartition("/")[2]


def _short_assembly(image: str) -> str:
    """The name alone of a .NET assembly, which comes with version, culture and key."""
    return image.partition(", Version=")[0]


def _source(held: Payload, line: int | None, platform: str) -> list[SourceLine]:
    current = held.get("context_line")
    before = [text(row) for row in sequence(held.get("pre_context"))][-CONTEXT_LINES:]
    after = [text(row) for row in sequence(held.get("post_context"))][:CONTEXT_LINES]
    if not isinstance(current, str):
        return []
    rows: list[tuple[str, bool]] = [(row, False) for row in before]
    rows.append((current, True))
    rows += [(row, False) for row in after]
    first = None if line is None else line - len(before)
    return [
        SourceLine(
            number="" if first is None else str(first + index),
            fragments=colour(row[:_MOST_LINE_CHARACTERS], platform),
            is_current=is_current,
        )
        for index, (row, is_current) in enumerate(rows)
    ]


def same_place(one: Any, other: Any) -> bool:
    """Whether two payload frames are the same call, so that recursion can be folded."""
    keys = ("function", "module", "filename", "abs_path", "lineno", "instruction_addr")
    return all(mapping(one).get(key) == mapping(other).get(key) for key in keys)
