"""From which packages of an audit anything came."""

from __future__ import annotations

from vedette.audits.seen import Seen


def heard_packages(seen: Seen) -> set[str]:
    """The folders of the packages through whose files an error passed.

    A project with one package that runs is heard by any event: frames of a bundle name no file.
    """
    folders = [str(one.get("folder", "")) for one in seen.inventory("packages")]
    runs = [
        str(one.get("folder", "")) for one in seen.inventory("packages") if one.get("is_deployed")
    ]
    if len(runs) == 1 and seen.total:
        return set(runs)
    heard = set()
    for path in seen.files:
        around = [one for one in folders if not one or path.startswith(f"{one}/")]
        if around:
            heard.add(max(around, key=len))
    return heard
