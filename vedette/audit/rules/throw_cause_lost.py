"""A new error thrown out of a handler, without the one that was caught."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler, Throw
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import swapped
from vedette.audit.rules._trying import is_validator
from vedette.audit.vocabulary import is_benign_try

ID = "throw.cause-lost"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Constructions that are thrown in a handler and do not mention what it caught."""
    for thrown in facts.throws:
        if thrown.handler < 0 or thrown.has_cause or thrown.value.kind != "call":
            continue
        handler = facts.handlers[thrown.handler]
        if handler.how != "catch" or is_benign_try(handler.calls) or is_validator(facts, handler):
            continue
        if _mentions(handler, thrown):
            continue
        yield Finding(
            rule=ID,
            severity=Severity.INFO,
            what=_what(facts, thrown.value.text),
            path=facts.path,
            line=thrown.line,
            last_line=thrown.line,
            function=facts.function_name(thrown.function),
            instead=_instead(project, facts, handler, thrown),
        )


def _what(facts: FileFacts, name: str) -> str:
    """Python keeps the first error by itself, and shows it as if it were another failure."""
    if facts.language == "python":
        return f"`{name}` does not say `from` what: it reads like a second failure"
    return f"`{name}` takes the place of the error that was caught, which is lost"


def _instead(project: Project, facts: FileFacts, handler: Handler, thrown: Throw) -> Change | None:
    """The same with its cause, where the error has a name and all stands on one line."""
    name = re.escape(handler.error).replace("\\", "")
    if not name:
        return None
    if facts.language == "python":
        return swapped(project, facts, thrown.line, r"(\braise .*\))(?=\s*$)", rf"\1 from {name}")
    return swapped(
        project, facts, thrown.line, r"(\bthrow new [\w.]+\([^()]+)\)", rf"\1, {{ cause: {name} }})"
    )


def _mentions(handler: Handler, thrown: Throw) -> bool:
    """Whether the error, or a part of it, goes into what is thrown."""
    if any(one.line == thrown.line and one.uses_error for one in handler.deeds):
        return True
    return bool(handler.error) and any(
        re.search(rf"\b{re.escape(handler.error)}\b", value.text) for _, value in thrown.value.items
    )


RULE = Rule(
    id=ID,
    severity=Severity.INFO,
    title="The cause is lost",
    why="The new error says what was being done and not what went wrong. Its stack begins in the "
    "handler, so the line that failed is unknown.",
    advice="Hand the error on as `cause` (ES2022), in Python with `from`.",
    languages=(*ECMA, "python"),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="a new error without the old",
            files={
                "src/a.ts": """
                    export async function a() {
                      try {
                        await db.save();
                      } catch (e) {
                        throw new Error('Could not save');
                      }
                    }
                """
            },
            lines=(5,),
        ),
        Sample(
            language="python",
            says="raised without from",
            files={
                "app.py": """
                    def save(x):
                        try:
                            db.save(x)
                        except OSError as e:
                            raise Failed("could not save")
                """
            },
            lines=(5,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="from it, from nothing on purpose, the same error",
            files={
                "app.py": """
                    def save(x):
                        try:
                            db.save(x)
                        except OSError as e:
                            raise Failed("could not save") from e
                        except KeyError:
                            raise Failed("no such thing") from None
                        except ValueError as e:
                            raise Failed(str(e))
                        except TypeError:
                            raise
                """
            },
        ),
        Sample(
            language="typescript",
            says="with its cause, its message, or the same error",
            files={
                "src/a.ts": """
                    export async function a() {
                      try { await db.save() } catch (e) { throw new Error('no', { cause: e }) }
                      try { await db.save() } catch (e) { throw new Error(`no: ${e.message}`) }
                      try { await db.save() } catch (e) { throw e }
                    }
                """
            },
        ),
    ),
)
