"""An error that is logged and not reported, in a package that has an SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Deed, FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ALL, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._excusing import is_told_elsewhere
from vedette.audit.rules._log_only_samples import GOOD
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import (
    caught,
    fails_below,
    is_excused,
    is_explained,
    is_thrown_later,
    says_input_is_wrong,
    tried_words,
)

ID = "report.log-only"
_OF_COMMANDS = re.compile(r"(?:^|[/_])(?:cli|commands?|__main__)(?:/|\.py$)")
_ELSE = (
    "return",
    "return-constant",
    "leave",
    "assign-constant",
    "assign",
    "log",
    "answer",
    "surface",
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers that log and end, where reporting would have been one call."""
    if not project.has_sdk(facts.path):
        return
    for handler in caught(facts, *(("value",) if facts.language == "go" else ("catch", "promise"))):
        if not handler.does("log") or project.is_handled(facts, handler):
            continue
        if is_excused(project, facts, handler) or not _is_all(handler):
            continue
        if says_input_is_wrong(handler) or is_thrown_later(project, facts, handler):
            continue
        if fails_below(project, facts, handler):
            continue
        if _is_found_as_another(facts, handler):
            continue
        if project.is_logged_as_error(facts, handler) or _is_named_well(facts, handler):
            continue
        explained = is_explained(handler)
        yield at_handler(
            ID,
            _severity(facts, handler, explained),
            facts,
            handler,
            f"A failure of {tried_words(handler)} is logged and not reported",
            explained=explained,
            instead=reporting(project, facts, handler),
        )


def _severity(facts: FileFacts, handler: Handler, explained: bool) -> Severity:
    """Python's SDK takes what is logged as an error by itself: a warning is one on purpose."""
    is_warning = facts.language == "python" and any(
        one.kind == "log" and one.level in ("warning", "warn") for one in handler.deeds
    )
    return Severity.INFO if explained or is_warning else Severity.ROUTINE


def _is_all(handler: Handler) -> bool:
    """Whether logging is all that it does with the error."""
    return all(one.kind in _ELSE for one in handler.deeds)


def _is_found_as_another(facts: FileFacts, handler: Handler) -> bool:
    """Whether the log has less than the error, or nobody reads it: rules of their own say that."""
    logs = [one for one in handler.deeds if one.kind == "log"]
    if all(one.level == "debug" for one in logs):
        return True
    if facts.language == "python" and _is_mere_note(facts, logs):
        return True
    is_told = is_told_elsewhere(logs[0].text, handler)
    return not is_told and not any(one.uses_error or one.keeps_error for one in handler.deeds)


def _is_mere_note(facts: FileFacts, logs: list[Deed]) -> bool:
    """Whether it was no error to whoever wrote it, or is told to who runs a command."""
    if all(one.path.endswith(".info") for one in logs):
        return True
    is_printed = all(one.path.rpartition(".")[2] in ("print", "echo", "write") for one in logs)
    return is_printed and _OF_COMMANDS.search(facts.path) is not None


def _is_named_well(facts: FileFacts, handler: Handler) -> bool:
    """Python's named types, logged below an error: foreseen, and said."""
    return (
        facts.language == "python"
        and bool(handler.types)
        and not any(one in ("Exception", "BaseException") for one in handler.types)
    )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="Logged, not reported",
    why="The package has an SDK, and this error does not reach it. A line in a log raises no alert "
    "and has no release, user or history.",
    advice="Capture the error beside the log line, or connect the logger to the SDK.",
    languages=ALL,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="console.error beside an SDK",
            files={
                "package.json": '{"name": "a", "dependencies": {"@sentry/node": "8"}}',
                "src/a.ts": """
                    export async function save(x) {
                      try {
                        await db.insert(x);
                      } catch (error) {
                        console.error('save failed', error);
                      }
                    }
                """,
            },
            lines=(4,),
        ),
        Sample(
            language="python",
            says="print and a warning",
            files={
                "requirements.txt": """
                    sentry-sdk==2
                """,
                "app.py": """
                    def save(x):
                        try:
                            db.insert(x)
                        except Exception as error:
                            print(error)
                """,
            },
            lines=(4,),
        ),
        Sample(
            language="java",
            says="a logger",
            files={
                "pom.xml": "<groupId>io.sentry</groupId><artifactId>sentry</artifactId>",
                "src/main/java/A.java": """
                    class A {
                      void save() {
                        try {
                          db.insert(r);
                        } catch (SQLException e) {
                          log.error("no", e);
                        }
                      }
                    }
                """,
            },
            lines=(5,),
        ),
        Sample(
            language="php",
            says="error_log",
            files={
                "composer.json": '{"require": {"sentry/sentry-laravel": "4"}}',
                "src/a.php": """
                    <?php
                    try {
                        $db->insert($row);
                    } catch (\\Throwable $e) {
                        error_log($e->getMessage());
                    }
                """,
            },
            lines=(4,),
        ),
        Sample(
            language="ruby",
            says="Rails.logger",
            files={
                "Gemfile": """
                    gem 'sentry-ruby'
                """,
                "app/a.rb": """
                    def go
                      begin
                        users.sync
                      rescue StandardError => e
                        Rails.logger.error(e)
                      end
                    end
                """,
            },
            lines=(4,),
        ),
        Sample(
            language="go",
            says="log and on",
            files={
                "go.mod": """
                    module a

                    require github.com/getsentry/sentry-go v0.30.0
                """,
                "main.go": """
                    package main

                    func save(r Row) {
                      if err := db.Insert(r); err != nil {
                        log.Println(err)
                      }
                    }
                """,
            },
            lines=(4,),
        ),
    ),
    good=GOOD,
)
