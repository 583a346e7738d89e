"""How many entries of a kind there may be: whoever writes them, a form, the API or a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from vedette.configuration import ConfigurationKind
from vedette.rules.problems import Problem


def beyond(
    kind: ConfigurationKind, held: Iterable[str], new: Iterable[str]
) -> list[tuple[str, Problem]]:
    """Which of the new identities are too many beside those that are there, each with words."""
    held = set(held)
    counts = Counter(_owner(one) for one in held)
    found = []
    for identity in new:
        if identity in held:
            continue
        owner = _owner(identity)
        counts[owner] += 1
        if counts[owner] > kind.most:
            whose = f"the project {owner}" if owner else "an organisation"
            words = f"{whose} has at most {kind.most:,} {kind.name}"
            found.append((identity, Problem("name", words)))
    return found


def _owner(identity: str) -> str:
    """The project by whose name an identity begins; empty for what is the organisation's."""
    return identity.rpartition("/")[0]
