"""`contextlib.suppress(Exception)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._excusing import ends_by_name, is_accounted_for, is_foretold, is_second
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._missing import is_deed_lost
from vedette.audit.rules._trying import caught, is_excused, is_explained, tried_words

ID = "swallow.suppress-broad"
_REMOVES = re.compile(r"(?:^|[._])(?:delete|remove|drop|unlink)(?:_\w+)?$")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Blocks in which every exception is dropped."""
    for handler in caught(facts, "suppress"):
        if not _is_broad(handler) or is_excused(project, facts, handler):
            continue
        if is_second(facts, handler):
            continue
        explained = is_explained(handler) or is_foretold(project, facts, handler)
        yield at_handler(
            ID,
            _severity(facts, handler, explained),
            facts,
            handler,
            f"Every exception of {tried_words(handler)} is suppressed",
            explained=explained,
            instead=reporting(project, facts, handler),
        )


def _severity(facts: FileFacts, handler: Handler, explained: bool) -> Severity:
    if ends_by_name(facts, handler.function) or not is_deed_lost(handler):
        return Severity.INFO
    if any(map(_REMOVES.search, handler.calls)):  # whoever suppresses that tidies up
        return Severity.INFO
    if not explained:
        return Severity.IMPORTANT
    return Severity.INFO if is_accounted_for(facts, handler) else Severity.ROUTINE


def _is_broad(handler: Handler) -> bool:
    return any(one in ("Exception", "BaseException") for one in handler.types)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Every exception is suppressed",
    why="`suppress(Exception)` ends the block at the first failure without a word. Programming "
    "errors go the same way as those that were meant.",
    advice="Name the exceptions that are meant.",
    languages=("python",),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="python",
            says="a cache that is not dropped",
            files={
                "app.py": """
                    import contextlib


                    def save(row):
                        with contextlib.suppress(Exception):
                            index.put(row)
                """
            },
            lines=(5,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="in a handler that raises",
            files={
                "app.py": """
                    from contextlib import suppress


                    def save(row):
                        try:
                            index.put(row)
                        except Exception:
                            with suppress(Exception):
                                index.drop(row)
                            raise
                """
            },
        ),
        Sample(
            language="python",
            says="named, or benign",
            files={
                "app.py": """
                    from contextlib import suppress
                    with suppress(FileNotFoundError):
                        index.drop(row)
                    with suppress(Exception):
                        client.close()
                """
            },
        ),
    ),
)
