"""A handler that does no more than give a constant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ALL, ECMA, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._default_samples import GOOD
from vedette.audit.rules._default_samples_typed import TYPED
from vedette.audit.rules._excusing import is_accounted_for, is_answer, is_told
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._source import text_of_function
from vedette.audit.rules._trying import (
    caught,
    gives_nothing,
    is_asked_for,
    is_excused,
    is_explained,
    is_named_answer,
    is_switched_off,
    is_trivial,
    is_validator,
    tried_words,
)
from vedette.audit.rules._weighing import weight

ID = "swallow.catch-default"
_SURE = (*ECMA, "java", "php", "ruby")
_DATA = ("DatabaseError", "OperationalError", "RedisError", "SMTPException")
_TYPED = ("java", "php", "ruby")
_KEPT = re.compile(r"([$@]?\w+) = ")
_SOON = 200
# What changes something outside: that it failed is more than an answer.
_CHANGES = re.compile(
    r"(?:^|\.)(?i:write|save|delete|remove|update|insert|create|send|publish|push|put|store|commit"
    r"|exec|flush|upload|register|apply|migrate|notify)(?![a-z])\w*$"
)
_OUTSIDE = (
    *("IOError", "OSError", "ConnectionError", "RequestException", "HTTPError", "DatabaseError"),
    *("OperationalError", "ClientError", "RedisError", "SMTPException", "ApiError"),
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Constants in the place of an error that nobody looks at."""
    for handler in caught(facts, *(("value",) if facts.language == "go" else ("catch",))):
        if not (is_trivial(handler) or gives_nothing(handler)) or is_excused(
            project, facts, handler
        ):
            continue
        if is_named_answer(handler) or is_asked_for(facts, handler) or handler.is_seen:
            continue
        if (
            is_validator(facts, handler)
            or is_switched_off(facts, handler)
            or (facts.language == "python" and not _is_telling(project, facts, handler))
        ):
            continue
        if facts.language in _TYPED and (
            _is_asked_after(project, facts, handler) or _is_hoped_for(project, facts, handler)
        ):
            continue
        if facts.language == "ruby" and _is_yes_or_no(project, facts, handler):
            continue
        if _is_tried_again(facts, handler) or _is_number(facts, handler):
            continue
        yield at_handler(
            ID,
            _severity(facts, handler),
            facts,
            handler,
            f"A failure of {tried_words(handler)} becomes {_outcome(handler)}",
            explained=is_explained(handler),
            instead=reporting(project, facts, handler),
        )


def _usual(facts: FileFacts, handler: Handler) -> Severity:
    """In Go an answer without an error is one: it weighs where one could be given, or was done."""
    if facts.language in _SURE:
        return Severity.IMPORTANT
    if facts.language != "go":
        return Severity.ROUTINE
    results = facts.functions[handler.function].results if handler.function >= 0 else ()
    gives_none = bool(results) and "err" in results[-1] and handler.does("return-constant")
    is_deed = any(_CHANGES.search(one) for one in handler.calls)
    return Severity.ROUTINE if gives_none or is_deed else Severity.INFO


def _severity(facts: FileFacts, handler: Handler) -> Severity:
    if facts.language == "python" and not _is_of_data(handler):
        return Severity.INFO
    is_explained_here = is_explained(handler) and is_accounted_for(facts, handler)
    if facts.language in (*ECMA, "python") and is_explained_here:
        return Severity.INFO
    return weight(facts, handler, _usual(facts, handler))


def _is_of_data(handler: Handler) -> bool:
    """A type of Python that speaks of a database, a cache or of mail. A host that does not answer
    and a file that is not there are foreseen, as often as not."""
    return any(one.rpartition(".")[2] in _DATA for one in handler.types)


def _is_telling(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """A type of Python that speaks of a fault outside, which nobody is told of otherwise."""
    is_outside = any(one.rpartition(".")[2] in _OUTSIDE for one in handler.types)
    return is_outside and not (is_answer(project, facts, handler) or is_told(handler))


def _is_asked_after(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether all that is done is that a variable gets a constant, for which is asked at once."""
    kept = [_KEPT.match(one.text) for one in handler.deeds if one.kind == "assign-constant"]
    if len(kept) != 1 or len(handler.deeds) != 1 or kept[0] is None:
        return False
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)[:_SOON]
    asked = rf"\b(?:if|unless|while)\b[^;{{}}\n]{{0,80}}{re.escape(kept[0][1])}(?!\w)"
    return re.search(asked, below) is not None


def _is_hoped_for(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether the function throws where nothing was caught."""
    if not handler.does("return-constant"):
        return False
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    return re.match(r"[\s})]*(?:throw|raise)\b", below) is not None


def _is_yes_or_no(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """`rescue Done; true` and `rescue … false else true end`: only whether it was done is asked.

    `$!` is the error, whatever is made of it.
    """
    if "$!" in handler.text or (handler.types and handler.deeds[0].text in ("true", "return true")):
        return True
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    return re.match(r"\s*else\s+true\b", below) is not None


def _is_tried_again(facts: FileFacts, handler: Handler) -> bool:
    """`continue` in a loop that tries the same again, with an end of its own."""
    is_loop = handler.tried >= 0 and facts.tries[handler.tried].is_loop
    return is_loop and not handler.does("return-constant")


def _is_number(facts: FileFacts, handler: Handler) -> bool:
    """One statement of JavaScript that makes a number of what is at hand."""
    tried = facts.tries[handler.tried] if handler.tried >= 0 else None
    return (
        facts.language in ECMA
        and tried is not None
        and tried.statements == 1
        and len(handler.calls) <= 2
        and any(one in ("parseInt", "parseFloat", "Number") for one in handler.calls)
        and not any(one.tried == handler.tried and one.use == "awaited" for one in facts.calls)
    )


def _outcome(handler: Handler) -> str:
    deed = next((one for one in handler.deeds if one.kind == "return-constant"), handler.deeds[0])
    text = deed.text.removeprefix("return").strip(" ;")[:40]
    if deed.kind == "leave":
        return "nothing: it goes on with the next"
    return f"`{text}`" if text else "an empty answer"


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A failure becomes a constant",
    why="Whoever called cannot tell a failure from an empty answer. The error itself is not used, "
    "so nobody can find out later what it was.",
    advice="Report the error before the constant is returned, or let it go on.",
    languages=ALL,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="a constant is returned, a state assigned",
            files={
                "src/a.ts": """
                    export async function users() {
                      try {
                        return await db.users.list();
                      } catch (e) {
                        return [];
                      }
                    }
                    async function go() {
                      try {
                        await send(item);
                      } catch {
                        pending = false;
                      }
                    }
                """
            },
            lines=(4, 11),
        ),
        Sample(
            language="python",
            says="a service that cannot be reached",
            files={
                "app.py": """
                    def rate():
                        try:
                            return fetch_rate()
                        except requests.RequestException:
                            return None
                """
            },
            lines=(4,),
        ),
        Sample(
            language="go",
            says="an error that nobody is told of",
            files={
                "a.go": """
                    package a
                    func Users() []User {
                        rows, err := db.Query("select * from users")
                        if err != nil {
                            return nil
                        }
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="java",
            says="an empty list",
            files={
                "A.java": """
                    class A {
                        List<User> users() {
                            try {
                                return client.users();
                            } catch (IOException e) {
                                return List.of();
                            }
                        }
                    }
                """
            },
            lines=(5,),
        ),
        Sample(
            language="php",
            says="an empty array",
            files={
                "a.php": """
                    <?php
                    function users($client) {
                        try {
                            return $client->users();
                        } catch (\\Exception $e) {
                            return [];
                        }
                    }
                """
            },
            lines=(5,),
        ),
        Sample(
            language="ruby",
            says="an empty list",
            files={
                "a.rb": """
                    def users
                      client.users
                    rescue StandardError => e
                      []
                    end
                """
            },
            lines=(3,),
        ),
    ),
    good=(*GOOD, *TYPED),
)
