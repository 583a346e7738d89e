"""`.audit-baseline.json`: the findings that are known, so that only new ones are told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from vedette.audit.errors import Misasked
from vedette.audit.opening import replace_text
from vedette.audit.report import Entry

NAME = ".audit-baseline.json"
_SCHEMA = 1


class Known(msgspec.Struct, frozen=True):
    """A finding that is known, with what a person wants to see in a review."""

    fingerprint: str
    rule: str
    path: str


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """The file."""

    schema: int = _SCHEMA
    findings: tuple[Known, ...] = ()


def read(path: Path) -> frozenset[str]:
    """The fingerprints that are known. Raises `Misasked`."""
    try:
        if not path.is_file():  # a pipe of that name would be waited for
            raise Misasked(f"{path}: is no file; make it with vedette audit baseline write")
        said = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except OSError as error:
        raise Misasked(f"{path}: {error.strerror or error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Misasked(f"{path}: is no baseline: {error}") from error
    if said.schema != _SCHEMA:
        raise Misasked(f"{path}: has schema {said.schema}, {_SCHEMA} is known here")
    return frozenset(one.fingerprint for one in said.findings)


def write(path: Path, entries: Iterable[Entry]) -> int:
    """Write down all that nobody has ignored; returns how many. Raises OSError."""
    known = sorted(
        (
            Known(one.fingerprint, one.finding.rule, one.finding.path)
            for one in entries
            if one.state != "ignored"
        ),
        key=lambda one: (one.path, one.rule, one.fingerprint),
    )
    text = msgspec.json.format(msgspec.json.encode(Baseline(findings=tuple(known))), indent=1)
    replace_text(str(path), f"{text.decode()}\n")
    return len(known)
