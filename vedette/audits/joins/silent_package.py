"""Packages that run for people and of which nothing ever came."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.heard import heard_packages
from vedette.audits.joins import Join, Told
from vedette.audits.seen import DAYS, Seen


def find(seen: Seen) -> Iterator[Told]:
    """One for each deployed package that is silent.

    With an SDK and with traffic it is urgent: something runs, and its errors do not arrive.
    """
    heard = heard_packages(seen)
    for one in seen.inventory("packages"):
        folder = str(one.get("folder", ""))
        if not one.get("is_deployed") or folder in heard:
            continue
        name = folder or str(one.get("name") or "the package")
        traffic = seen.traffic.words if not seen.total else ""
        beside = f", though {traffic} did" if traffic else ""
        text = f"No event was seen from {name} in {DAYS} days{beside}"
        if one.get("has_sdk"):
            yield Told(
                severity="urgent" if traffic else "important",
                text=text,
                advice="Throw a test error there: its DSN may be wrong, or its init never reached.",
                path=folder,
            )
        else:
            yield Told(
                severity="important",
                text=f"{text}; it has no SDK",
                advice="Add the SDK of its framework and start it before anything else.",
                path=folder,
            )


JOIN = Join(
    id="cov.silent-package",
    title="Packages that were never heard",
    needs=("groups", "paths", "traffic"),
    find=find,
)
