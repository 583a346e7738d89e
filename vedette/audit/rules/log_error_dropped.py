"""A log line that says that something failed, and not what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Deed, FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ALL, Rule, Sample
from vedette.audit.rules._changing_calls import with_error
from vedette.audit.rules._dropped_samples import GOOD
from vedette.audit.rules._excusing import is_told_elsewhere
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import (
    caught,
    is_excused,
    is_explained,
    is_validator,
    says_input_is_wrong,
    says_why,
    tidies_up,
    tried_words,
)
from vedette.audit.rules._weighing import weight

ID = "log.error-dropped"
_IS_SECRET = re.compile(r"\b(?:do not|don't|never|not) log\b", re.I)
_FORCED = ("go", "java", "php", "ruby")
_CONSOLE = re.compile(
    r"(?:^|\.)(?:System\.\w+\.\w+|puts|echo|[Ii]nfof?)$|(?:^|\.)fmt\.F?[Pp]rint\w*$"
)
_SAYS_ALL = re.compile(
    r"\b(?:not|isn't) (?:implemented|supported|available)\b|\bun(?:supported|available)\b", re.I
)
_TALKATIVE = re.compile(r"(?i:debug|verbose)")
_TIDIES = re.compile(
    r"(?:^|\.)(?i:remove|removeall|close|unmount|kill|stop|interrupt|setenv|unsetenv|markhidden"
    r"|markdeprecated|lookpath|executable|getwd|browse|validate)(?![a-z])\w*$"
)
# Go's functions for texts: what is wrong is the text, which the log has.
_SPLITS = re.compile(r"(?:^|\.)(?:SplitHostPort|Atoi|[pP]arse(?![a-z])\w*)$")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers that log a constant text, with nothing of the error."""
    for handler in caught(facts, *(("value",) if facts.language == "go" else ("catch", "promise"))):
        logs = [one for one in handler.deeds if one.kind == "log"]
        if not logs or any(one.uses_error or one.keeps_error for one in handler.deeds):
            continue
        if (
            handler.is_seen
            or all(one.level == "debug" for one in logs)
            or project.is_handled(facts, handler)
        ):
            continue
        if (
            is_excused(project, facts, handler)
            or _is_named(facts, handler)
            or is_told_elsewhere(logs[0].text, handler)
            or says_input_is_wrong(handler)
            or all(_SPLITS.search(one) for one in handler.calls or ("?",))
            or _IS_SECRET.search(handler.comments)
        ):
            continue
        if handler.passed or handler.does("call", "other"):
            continue
        yield at_handler(
            ID,
            _severity(facts, handler, logs),
            facts,
            handler,
            f"The log says that {tried_words(handler)} failed, and not why",
            explained=is_explained(handler),
            instead=with_error(project, facts, handler, logs[0]),
        )


def _severity(facts: FileFacts, handler: Handler, logs: list[Deed]) -> Severity:
    """In Go, Java, PHP and Ruby a word to a console, a note and what is tidied up say enough."""
    is_meant = facts.language in _FORCED and (
        all(map(_is_note, logs))
        or handler.does("exit")
        or tidies_up(facts, handler)
        or is_validator(facts, handler)
        or all(_TIDIES.search(one) for one in handler.calls or ("?",))
    )
    return Severity.INFO if is_meant else weight(facts, handler, Severity.ROUTINE)


def _is_note(log: Deed) -> bool:
    return (
        log.level == "fatal"
        or _CONSOLE.search(log.path) is not None
        or _TALKATIVE.search(log.condition) is not None
        or _SAYS_ALL.search(log.text) is not None
    )


def _is_named(facts: FileFacts, handler: Handler) -> bool:
    """A type that says all there is to say."""
    if facts.language == "java":
        return says_why(handler)
    return bool(handler.types) and not any(
        one.rpartition(".")[2] in ("Exception", "BaseException", "Throwable", "StandardError")
        for one in handler.types
    )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="The log drops the error",
    why="A constant text says that something failed and not what. Whoever reads it has to make the "
    "failure happen again to learn more.",
    advice="Give the logger the error itself, with its stack.",
    languages=ALL,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="go",
            says="a text without the error",
            files={
                "a.go": """
                    package a

                    func Save() {
                        if err := store(); err != nil {
                            log.Println("could not store")
                        }
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="javascript",
            says="a constant text",
            files={
                "src/a.js": """
                    async function a() {
                      try {
                        await sync();
                      } catch (e) {
                        console.error('Sync failed');
                      }
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="python",
            says="a constant text",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception:
                            logger.error('Sync failed')
                """
            },
            lines=(4,),
        ),
        Sample(
            language="java",
            says="a constant text",
            files={
                "src/main/java/A.java": """
                    class A {
                      void go() {
                        try {
                          users.sync();
                        } catch (Exception e) {
                          log.error("Sync failed");
                        }
                      }
                    }
                """
            },
            lines=(5,),
        ),
        Sample(
            language="php",
            says="a constant text",
            files={
                "src/a.php": """
                    <?php
                    try {
                        $users->sync();
                    } catch (\\Throwable $e) {
                        error_log('Sync failed');
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="ruby",
            says="a constant text",
            files={
                "app/a.rb": """
                    begin
                      users.sync
                    rescue => e
                      logger.error('Sync failed')
                    end
                """
            },
            lines=(3,),
        ),
    ),
    good=GOOD,
)
