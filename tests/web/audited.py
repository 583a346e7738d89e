"""An audited project for the walks over pages and the API."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.web.watched import WORD
from tests.web.world import World
from vedette.audit.document import Document, read_document
from vedette.audits.models import AuditFinding
from vedette.audits.recording import record

COMMITS = ("a" * 40, "b" * 40, "c" * 40)
DAY = 86_400
FIRST_AT = 1_795_000_000


def fingerprint_of(name: str) -> str:
    """64 hexadecimal digits that are the same for the same name."""
    return (name.encode().hex() + "0" * 64)[:64]


def sent(name: str, **values: Any) -> dict[str, Any]:
    """A finding as the auditor sends it."""
    return {
        "fingerprint": fingerprint_of(name),
        "rule": "swallow.py-broad",
        "severity": "important",
        "what": f"Every exception of `{name}()` is dropped",
        "path": "shop/till.py",
        "line": 7,
        "function": name,
        **values,
    }


def document(number: int = 0, *findings: dict[str, Any], **values: Any) -> Document:
    """The audit of one of the commits, each a day after the one before."""
    text = {
        "schema": 1,
        "commit": COMMITS[number],
        "committed_at": FIRST_AT + number * DAY,
        "version": "1.0",
        "findings": list(findings),
        "rules": {
            "swallow.py-broad": {
                "title": "Every exception is dropped",
                "why": "Nobody hears of it.",
                "advice": "Name the exceptions.",
            }
        },
        "paths": ["shop/till.py", "shop/orders.py"],
        **values,
    }
    return read_document(msgspec.json.encode(text))


def finding_of(world: World) -> AuditFinding:
    """A finding of the shop, with an audit."""
    held = AuditFinding.objects.filter(project=world.shop).first()
    if held is None:
        record(world.shop, document(0, sent(WORD, path=f"{WORD}/till.py")), by="Alice")
        held = AuditFinding.objects.get(project=world.shop)
    return held
