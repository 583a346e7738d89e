"""A handler that does no more than give a constant."""

from __future__ import annotations

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

ID = "swallow.catch-default"
_SURE = (*ECMA, "java", "php", "ruby")
_DATA = ("DatabaseError", "OperationalError", "RedisError", "SMTPException")
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
        if _is_tried_again(facts, handler) or _is_number(facts, handler):
            continue
        explained = is_explained(handler)
        yield at_handler(
            ID,
            _severity(facts, handler, explained),
            facts,
            handler,
            f"A failure of {tried_words(handler)} becomes {_outcome(handler)}",
            explained=explained,
            instead=reporting(project, facts, handler),
        )


def _severity(facts: FileFacts, handler: Handler, explained: bool) -> Severity:
    if facts.language == "python" and not _is_of_data(handler):
        return Severity.INFO
    if facts.language in (*ECMA, "python") and explained and is_accounted_for(facts, handler):
        return Severity.INFO
    is_sure = facts.language in _SURE and not explained
    return Severity.IMPORTANT if is_sure else Severity.ROUTINE


def _is_of_data(handler: Handler) -> bool:
    """A type of Python that speaks of a database, a cache or of mail. A host that does not answer
    and a file that is not there are foreseen, as often as not."""
    return any(one.rpartition(".")[2] in _DATA for one in handler.types)


def _is_telling(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """A type of Python that speaks of a fault outside, which nobody is told of otherwise."""
    is_outside = any(one.rpartition(".")[2] in _OUTSIDE for one in handler.types)
    return is_outside and not (is_answer(project, facts, handler) or is_told(handler))


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
