"""An error that is logged where nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Deed, FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ALL, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._excusing import ends_by_name, is_aside, is_foretold, is_of_a_version
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._missing import is_missed
from vedette.audit.rules._suppressed_samples import TYPED_BAD, TYPED_GOOD
from vedette.audit.rules._trying import (
    caught,
    fails_below,
    is_excused,
    is_explained,
    tried_words,
)

ID = "swallow.log-suppressed"
_HOWS = (("catch", "promise"), ("value",))
_BROAD = frozenset(
    ("Exception", "BaseException", "Throwable", "RuntimeException", "Error", "StandardError")
)
_FINE = re.compile(r"\(\s*(?:\w+\.)*Level\.(?:FINE|FINER|FINEST|DEBUG|TRACE)\b")
_ONLY_HERE = re.compile(
    r"NODE_ENV\W+(?:development|production|test)|__DEV__|import\.meta\.env\.DEV|settings\.DEBUG"
    r"|\b(?:debug|DEBUG|isDev\w*|verbose|VERBOSE)\b"
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers that log at debug, or in development only, and do nothing else with the error."""
    for handler in caught(facts, *_HOWS[facts.language == "go"]):
        logs = [one for one in handler.deeds if one.kind == "log"]
        if not logs or not all(map(_is_suppressed, logs)) or is_excused(project, facts, handler):
            continue
        if project.is_handled(facts, handler) or _does_more(handler):
            continue
        if handler.how == "catch" and facts.tries[handler.tried].is_loop:
            continue
        if handler.types and not _is_broad(handler):
            continue
        if fails_below(project, facts, handler):
            continue
        where = "at debug level" if logs[0].level == "debug" else "only in development"
        explained = is_explained(handler) or (
            facts.language == "python" and is_foretold(project, facts, handler)
        )
        yield at_handler(
            ID,
            _severity(facts, handler, explained),
            facts,
            handler,
            f"A failure of {tried_words(handler)} is logged {where}",
            explained=explained,
            instead=reporting(project, facts, handler),
        )


def _severity(facts: FileFacts, handler: Handler, explained: bool) -> Severity:
    """Where nearly every call asks for a handler, debug level was chosen, as often as not."""
    is_minor = facts.language == "python" and (
        ends_by_name(facts, handler.function)
        or is_of_a_version(facts, handler)
        or is_aside(facts)
        or not is_missed(facts, handler)
    )
    is_chosen = facts.language in ("go", "java", "php", "ruby")
    return Severity.INFO if explained or is_minor or is_chosen else Severity.ROUTINE


def _is_suppressed(deed: Deed) -> bool:
    if deed.level == "debug" or _FINE.search(deed.text):
        return True
    is_otherwise = deed.condition.startswith(("not (", "!("))
    return _ONLY_HERE.search(deed.condition) is not None and not is_otherwise


def _does_more(handler: Handler) -> bool:
    return any(
        one.kind in ("call", "answer", "surface", "other", "exit", "return", "assign")
        for one in handler.deeds
    )


def _is_broad(handler: Handler) -> bool:
    return any(re.split(r"[.\\:]", one)[-1] in _BROAD for one in handler.types)


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="Logged where nobody reads",
    why="In production the level or the condition drops the message. The error is then as lost as "
    "in an empty handler.",
    advice="Log at warning or error, or report it.",
    languages=ALL,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="debug level, development only",
            files={
                "src/a.js": """
                    async function a() {
                      try { await sync() } catch (e) { logger.debug('sync', e) }
                      try {
                        await sync()
                      } catch (e) {
                        if (process.env.NODE_ENV === 'development') console.error(e)
                      }
                    }
                """
            },
            lines=(2, 5),
        ),
        Sample(
            language="python",
            says="debug level",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception as error:
                            logger.debug('sync: %s', error)
                """
            },
            lines=(4,),
        ),
        *TYPED_BAD,
    ),
    good=(
        *TYPED_GOOD,
        Sample(
            language="python",
            says="another way that is taken",
            files={
                "app.py": """
                    def path_of(given):
                        try:
                            path = decode(given).text()
                        except Exception as error:
                            log.debug('not encoded: %s', error)
                            path = unquote(given)
                        return path
                """
            },
        ),
        Sample(
            language="python",
            says="another error follows",
            files={
                "app.py": """
                    def decode(value):
                        try:
                            return users.known_by(value)
                        except Exception:
                            if logger.isEnabledFor(logging.DEBUG):
                                logger.exception('not decoded')

                        raise ValueError('no cookie')
                """
            },
        ),
        Sample(
            language="python",
            says="briefly where nobody looks closely",
            files={
                "app.py": """
                    def go():
                        try:
                            send()
                        except Exception as error:
                            if logger.isEnabledFor(logging.DEBUG):
                                logger.exception('not sent')
                            else:
                                logger.warning(f'not sent: {error}')
                """
            },
        ),
        Sample(
            language="javascript",
            says="a loop that tries again, and says so in the end",
            files={
                "src/a.js": """
                    async function a() {
                      for (let i = 0; i < 3; i++) {
                        try { return await sync() } catch (e) { logger.debug('again', e) }
                      }
                      throw new Error('gave up');
                    }
                """
            },
        ),
        Sample(
            language="python",
            says="named and meant",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except NotFound as error:
                            logger.debug('sync: %s', error)
                """
            },
        ),
    ),
)
