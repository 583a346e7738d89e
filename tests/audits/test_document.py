"""The document that is uploaded: what is taken, and in which words the rest is refused."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import msgspec
import pytest

from tests.web.audited import document, sent
from vedette.audit.document import WrongDocument, read_document, write_document
from vedette.web.api.typed import Parameters, read_body

WHOLE = {"schema": 1, "commit": "a" * 40}


def test_what_is_written_is_read() -> None:
    """Unchanged, with all that a finding has."""
    held = document(0, sent("a", snippet=["x"], instead={"first": 1, "old": ["x"], "new": ["y"]}))
    assert read_document(write_document(held)) == held


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"{}", "schema None is not known here"),
        (b'{"schema": 2}', "schema 2 is not known here, only 1"),
        (msgspec.json.encode({**WHOLE, "commit": "main"}), "commit"),
        (msgspec.json.encode({**WHOLE, "findings": [{}]}), "fingerprint"),
        (msgspec.json.encode({**WHOLE, "findings": [sent("a", severity="x")]}), "severity"),
        (msgspec.json.encode({**WHOLE, "findings": [sent("a", what="x" * 1001)]}), "what"),
        (msgspec.json.encode({**WHOLE, "committed_at": -1}), "committed_at"),
        (msgspec.json.encode({**WHOLE, "name": "a\0"}), "character"),
        (msgspec.json.encode({**WHOLE, "commit": "a" * 40 + "\n"}), "commit"),
        (msgspec.json.encode({**WHOLE, "findings": [sent("a", fingerprint="a" * 64 + "\n")]}), "f"),
        (msgspec.json.encode({**WHOLE, "files": {str(one): 1 for one in range(201)}}), "files"),
    ],
)
def test_what_is_no_audit_is_refused_in_words(text: bytes, words: str) -> None:
    """Never by a crash; what is not known is left aside."""
    with pytest.raises(WrongDocument, match=words):
        read_document(text)
    assert read_document(msgspec.json.encode({**WHOLE, "later": 1})).commit == "a" * 40


@pytest.mark.parametrize("schema", [b"1", b"2", b"[" + b"{}," * 100_000 + b"{}]"])
def test_to_refuse_takes_no_more_than_to_read(schema: bytes) -> None:
    """A small packed text is a large one of many values: none of them is made."""
    text = b'{"schema":' + schema + b',"later":[' + b"{}," * 200_000 + b"{}]}"
    tracemalloc.start()
    try:
        with pytest.raises(WrongDocument):
            read_document(text)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * len(text)


def test_a_text_of_backslashes_takes_no_memory() -> None:
    """Of an audit or any other body: two million of them are two KB packed."""
    text = b'{"schema":1,"later":"' + b"\\" * 2_000_000 + b'"}'
    tracemalloc.start()
    try:
        with pytest.raises(WrongDocument, match="commit"):
            read_document(text)
        read_body(text, Parameters)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2 * len(text)


def test_the_server_needs_no_parser() -> None:
    """Uploads, joins and pages work where the extra `audit` is not installed."""
    code = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0].startswith("tree_sitter"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import tempfile
from pathlib import Path
from vedette import django_setup
from vedette.config import Config
django_setup.setup(Config(data=Path(tempfile.mkdtemp())))
import vedette.audits.looking, vedette.audits.joins, vedette.alerts.findings
import vedette.web.api.sentry.audits, vedette.web.pages.audit, vedette.demo.audits
vedette.audits.joins.joins()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
