"""A log line that says that something failed, and not what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
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
    says_input_is_wrong,
    says_why,
    tried_words,
)
from vedette.audit.rules._weighing import weight

ID = "log.error-dropped"
_IS_SECRET = re.compile(r"\b(?:do not|don't|never|not) log\b", re.I)
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
            weight(facts, handler, Severity.ROUTINE),
            facts,
            handler,
            f"The log says that {tried_words(handler)} failed, and not why",
            explained=is_explained(handler),
            instead=with_error(project, facts, handler, logs[0]),
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
