"""A filter that drops every event, or that may throw on one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Value
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, options_of
from vedette.audit.rules._making import at_call
from vedette.audit.rules._source import text_of_function

ID = "init.filter-eats-all"
_FILTERS = ("beforeSend", "before_send")
_RETURNS = re.compile(r"\breturn\b[ \t]*([^;\n}]*)")
_NOTHING = re.compile(r"(?:null|undefined|None|void 0)?")
_BARE = re.compile(r"(?:=>|lambda\s*[\w\s,=]*:)\s*(?:null|None|undefined)\b")


def find(project: Project) -> Iterator[Finding]:
    """`beforeSend` that gives nothing on any path, or parses outside of a try."""
    for facts, call, _ in inits(project):
        options = options_of(call)
        given = next((one for name in _FILTERS if options and (one := options.get(name))), None)
        if given is None:
            continue
        what = _wrong(project, facts, given, call.function)
        if what:
            yield at_call(ID, Severity.URGENT, facts, call, what)


def _wrong(project: Project, facts: FileFacts, given: Value, function: int) -> str:
    """What is wrong with a filter; empty if nothing is, or if it is not known."""
    place, source = given.function, facts
    if given.kind == "name":
        target = project.target(facts, given.text, function)
        if target is None:
            return ""
        source = project.facts(target[0])
        names = [one.name for one in source.functions]
        place = names.index(target[1]) if target[1] in names else -1
    if place < 0:
        return _of_lambda(given)
    if _drops_all(project, source, place):
        return "The filter of this SDK returns nothing on any path: no event is ever sent"
    parses = any(
        one.path in ("JSON.parse", "json.loads") and one.function == place and one.tried < 0
        for one in source.calls
    )
    return "The filter of this SDK parses outside of a try: it may lose the event" if parses else ""


def _of_lambda(given: Value) -> str:
    drops = _BARE.search(given.text) is not None
    return "The filter of this SDK drops every event" if drops else ""


def _drops_all(project: Project, facts: FileFacts, place: int) -> bool:
    text = text_of_function(project, facts, place)
    function = facts.functions[place]
    if any(one.parent == place for one in facts.functions):
        return False  # the returns of what is written inside would count as its own
    returns = [one.strip() for one in _RETURNS.findall(text)]
    if returns:
        return all(_NOTHING.fullmatch(one) for one in returns)
    if function.line == function.last_line and facts.language != "python":
        return re.search(r"beforeSend\s*:\s*(?:\([^)]*\)|\w+)\s*=>\s*null\b", text) is not None
    return re.search(r"=>\s*\(?\s*[^\s{]", text) is None


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="A filter that eats every event",
    why="What this function does not return is never sent, and the SDK says nothing of it. A filter "
    "that always ends with nothing switches the reporting off.",
    advice="Return the event at the end, and parse in a try.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="nothing on every path, no return, parsed unprotected",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    Sentry.init({
                      beforeSend(event) {
                        if (event.level === 'debug') return null;
                        return null;
                      },
                    });
                    Sentry.init({
                      beforeSend(event) {
                        delete event.user;
                      },
                    });
                    Sentry.init({ beforeSend: () => null });
                    Sentry.init({
                      beforeSend(event) {
                        event.extra = JSON.parse(event.message);
                        return event;
                      },
                    });
                """
            },
            lines=(2, 8, 13, 14),
        ),
        Sample(
            language="python",
            says="nothing on every path",
            files={
                "app.py": """
                    import sentry_sdk


                    def scrub(event, hint):
                        event.pop("user", None)


                    sentry_sdk.init(dsn=DSN, before_send=scrub)
                """
            },
            lines=(8,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="some of them, and parsed in a try",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    Sentry.init({
                      beforeSend(event) {
                        if (event.level === 'debug') return null;
                        try {
                          event.extra = JSON.parse(event.message);
                        } catch {
                          event.extra = {};
                        }
                        return event;
                      },
                    });
                    Sentry.init({ beforeSend: (event) => scrub(event) });
                    Sentry.init({ beforeSend: scrub });
                    Sentry.init({ beforeSend: (event) => (event.level === 'debug' ? null : event) });
                """
            },
        ),
        Sample(
            language="python",
            says="some of them",
            files={
                "app.py": """
                    import sentry_sdk


                    def scrub(event, hint):
                        if event["level"] == "debug":
                            return None
                        return event


                    sentry_sdk.init(dsn=DSN, before_send=scrub)
                """
            },
        ),
    ),
)
