"""Small checkouts, written for a test and audited for real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from vedette.audit.auditing import Audit, Chosen, audit
from vedette.audit.finding import Finding


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The files below `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@contextmanager
def audited(folder: Path, files: Mapping[str, str | bytes], **chosen: object) -> Iterator[Audit]:
    """The audit of these files; `chosen` are the fields of `Chosen`."""
    done = audit(write(folder, files), Chosen(**chosen))  # type: ignore[arg-type]
    try:
        yield done
    finally:
        done.close()


def findings(folder: Path, files: Mapping[str, str | bytes], rule: str) -> list[Finding]:
    """What one rule finds in them."""
    with audited(folder, files, only=frozenset((rule,))) as done:
        return done.findings
