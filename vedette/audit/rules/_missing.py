"""Whether somebody misses what an error of Python took with it, told by the names of what was tried.

A read with a default, a probe and what is only shown are done without, as often as not.
"""

from __future__ import annotations

import re

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.vocabulary import is_plain

_DEEDS = re.compile(
    r"(?:^|[._])(?:write|save|delete|remove|insert|create|send|sendto|publish|push|put|store|commit"
    r"|execute|exec|flush|upload|register|apply|migrate|notify|post|emit|announce|dispatch|pay"
    r"|charge|copy|move|rename|submit|patch|subscribe|sync|transaction|add|set|update|attach"
    r"|record|callback)(?:_\w+|[A-Z]\w*)?$"
)
# Objects, not rows: they are made again.
_MAKES = re.compile(
    r"(?:^|[._])create_(?:\w+_)?(?:model|schema|task|future|url|engine|context)$|(?:^|[._])copy$"
)
# What a set or a dictionary of the function itself is given is lost with the function.
_AT_HAND = re.compile(r"^\w+(?:\[\])?\.(?:add|set|update)$")
_STORES = re.compile(
    r"(?:^|[._])(?:objects|db|database|redis|cursor|storage|auth|requests)(?:[._(\[]|$)"
    r"|(?:^|[._])query$|\brequest\.user\."
)
# Functions that only tell something, or look whether it is there.
_INFORMS = re.compile(r"(?:^|[._])(?:about|info|status|version|health|probe)$|(?:^|[._])probe_")


def is_deed_lost(handler: Handler) -> bool:
    """Whether something was to be written, sent or changed."""
    deeds = [one for one in _telling(handler) if _DEEDS.search(one)]
    return not all(_AT_HAND.search(one) or _MAKES.search(one) for one in deeds)


def is_missed(facts: FileFacts, handler: Handler) -> bool:
    """Whether a deed is lost or what a store or the person's account would have said, and not only
    where versions and states are told."""
    if _INFORMS.search(facts.function_name(handler.function)):
        return False
    return is_deed_lost(handler) or any(map(_STORES.search, _telling(handler)))


def is_much_missed(facts: FileFacts, handler: Handler) -> bool:
    """The same, or one of many things that a loop goes through."""
    if _INFORMS.search(facts.function_name(handler.function)):
        return False
    tried = facts.tries[handler.tried]
    is_item = tried.is_loop and tried.statements > 1 and handler.does("leave")
    return is_item or is_missed(facts, handler)


def _telling(handler: Handler) -> list[str]:
    return [one for one in handler.calls if not is_plain(one)]
