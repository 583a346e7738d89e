"""Python, read by the interpreter's own parser."""

from __future__ import annotations

from vedette.audit.facts import FileFacts
from vedette.audit.languages import Language


def _read(text: bytes) -> FileFacts:
    from vedette.audit.languages._python import read_python

    return read_python(text)


LANGUAGE = Language(name="python", suffixes=(".py", ".pyw"), read=_read)
