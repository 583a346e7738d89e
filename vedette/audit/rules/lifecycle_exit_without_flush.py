"""A report that is still on its way when the process ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts, Function
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import after, before, swapped
from vedette.audit.rules._instrumenting import is_said
from vedette.audit.rules._making import at_call

ID = "lifecycle.exit-without-flush"
# Ends that leave no time: Python's `sys.exit` and Java's `System.exit` let the SDK flush.
_EXITS = {
    **dict.fromkeys(ECMA, ("process.exit", "process.abort")),
    "python": ("os._exit", "os.abort"),
    "go": ("os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"),
}
_FLUSHES = re.compile(r"(?:^|\.)(?:\w*flush\w*|close|drain|shutdown\w*|Flush|Sleep|sleep)$", re.I)
_WRAPS = re.compile(r"wrapHandler|wrapCloudEvent|AwsLambdaIntegration|serverless_function")
_FLUSH = {
    **dict.fromkeys(ECMA, "await Sentry.flush(2000);"),
    "python": "sentry_sdk.flush(timeout=2)",
    "go": "sentry.Flush(2 * time.Second)",
}
_MOST_LINES = 20


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Exits right after a capture of the same block, and functions of Lambda that capture last."""
    yield from _lambdas(project, facts)
    exits = _EXITS[facts.language]
    for place, call in enumerate(facts.calls):
        if call.path not in exits:
            continue
        earlier = [one for one in facts.calls[:place] if _is_shortly_before(one, call)]
        captured = [
            number
            for number, one in enumerate(earlier)
            if project.reports(facts, one.path, one.function)
        ]
        if captured and not any(_FLUSHES.search(one.path) for one in earlier[captured[-1] :]):
            yield at_call(
                ID,
                Severity.URGENT,
                facts,
                call,
                f"`{call.path}()` ends the process while the report before it is still on its way",
                instead=_instead(project, facts, call),
            )


def _instead(project: Project, facts: FileFacts, call: Call) -> Change | None:
    """A flush before the exit; where nothing can be waited for, the exit after it."""
    is_async = call.function >= 0 and facts.functions[call.function].is_async
    if facts.language in ECMA and not is_async:
        exit_call = r"\bprocess\.(exit|abort)\(([^()]*)\)"
        then = r"void Sentry.close(2000).then(() => process.\1(\2))"
        return swapped(project, facts, call.line, exit_call, then)
    return before(project, facts, call.line, _FLUSH[facts.language])


def _lambdas(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Lambda stops the process as soon as its function returns; what wraps it flushes."""
    if facts.language == "go" or is_said(project, "NODE_OPTIONS") or _is_wrapped(project):
        return
    for place, function in enumerate(facts.functions):
        if not _is_lambda(facts, function):
            continue
        inside = [
            one for one in facts.calls if one.function >= 0 and facts.inside(one.function, place)
        ]
        captured = [one for one in inside if project.reports(facts, one.path, one.function)]
        if captured and not any(_FLUSHES.search(one.path) for one in inside):
            what = "Lambda freezes the process on return, while this report is still on its way"
            last = captured[-1]
            instead = after(project, facts, last, _FLUSH[facts.language])
            yield at_call(ID, Severity.URGENT, facts, last, what, instead=instead)


def _is_lambda(facts: FileFacts, function: Function) -> bool:
    if function.given_to >= 0 or len(function.parameters) not in (1, 2):
        return False
    first = re.split(r"[:=\s]", function.parameters[0])[0].lstrip("_")
    if first not in ("event", "evt"):
        return False
    if facts.language == "python":
        return function.name in ("handler", "lambda_handler")
    return function.name == "handler" and any(one.name == "handler" for one in facts.exports)


@lru_cache(maxsize=8)
def _is_wrapped(project: Project) -> bool:
    return any(
        _WRAPS.search(name)
        for outline in project.outlines.values()
        for name in (
            *(name for _, name in outline.imports.values()),
            *(name for name, _ in outline.uses),
        )
    )


def _is_shortly_before(one: Call, end: Call) -> bool:
    return (
        one.function == end.function
        and one.handler == end.handler
        and end.line - _MOST_LINES <= one.line <= end.line
    )


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="An exit without a flush",
    why="A capture only puts the event into a queue, which a process that exits at once takes with "
    "it. The errors that end a process are those that are lost.",
    advice="Wait for `flush()` or `close()` before the exit.",
    languages=(*ECMA, "python", "go"),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="a function of Lambda",
            files={
                "src/a.js": """
                    import * as Sentry from '@sentry/node';
                    export const handler = async (event) => {
                      try {
                        return await book(event);
                      } catch (error) {
                        Sentry.captureException(error);
                        return { statusCode: 500 };
                      }
                    };
                """
            },
            lines=(6,),
        ),
        Sample(
            language="typescript",
            says="in a handler and in a rejection of main",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    process.on('uncaughtException', (error) => {
                      Sentry.captureException(error);
                      process.exit(1);
                    });
                    main().catch((error) => {
                      Sentry.captureException(error);
                      process.exit(1);
                    });
                """
            },
            lines=(4, 8),
        ),
        Sample(
            language="python",
            says="an exit that skips everything",
            files={
                "app.py": """
                    import os
                    import sentry_sdk


                    def stop(error):
                        sentry_sdk.capture_exception(error)
                        os._exit(1)
                """
            },
            lines=(7,),
        ),
        Sample(
            language="go",
            says="an exit of main",
            files={
                "main.go": """
                    package main

                    func main() {
                        if err := run(); err != nil {
                            sentry.CaptureException(err)
                            os.Exit(1)
                        }
                    }
                """
            },
            lines=(6,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="the integration that flushes",
            files={
                "app.py": """
                    import sentry_sdk
                    from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration

                    sentry_sdk.init(dsn=DSN, integrations=[AwsLambdaIntegration()])


                    def lambda_handler(event, context):
                        sentry_sdk.capture_message("called")
                """
            },
        ),
        Sample(
            language="javascript",
            says="the wrapper of the SDK",
            files={
                "src/a.js": """
                    import * as Sentry from '@sentry/aws-serverless';
                    export const handler = Sentry.wrapHandler(async (event) => {
                      try { return await book(event) } catch (error) { Sentry.captureException(error) }
                    });
                """
            },
        ),
        Sample(
            language="python",
            says="a function of Lambda that flushes",
            files={
                "app.py": """
                    import sentry_sdk


                    def lambda_handler(event, context):
                        try:
                            return book(event)
                        except Exception as error:
                            sentry_sdk.capture_exception(error)
                            sentry_sdk.flush()
                            raise
                """
            },
        ),
        Sample(
            language="typescript",
            says="flushed or closed, and an exit without a report",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    process.on('uncaughtException', async (error) => {
                      Sentry.captureException(error);
                      await Sentry.flush(2000);
                      process.exit(1);
                    });
                    main().catch((error) => {
                      Sentry.captureException(error);
                      Sentry.close(2000).then(() => process.exit(1));
                    });
                    process.on('SIGTERM', () => process.exit(0));
                """
            },
        ),
        Sample(
            language="python",
            says="an exit that runs what is registered",
            files={
                "app.py": """
                    import sys
                    import sentry_sdk


                    def stop(error):
                        sentry_sdk.capture_exception(error)
                        sys.exit(1)
                """
            },
        ),
        Sample(
            language="go",
            says="flushed",
            files={
                "main.go": """
                    package main

                    func main() {
                        if err := run(); err != nil {
                            sentry.CaptureException(err)
                            sentry.Flush(2 * time.Second)
                            os.Exit(1)
                        }
                    }
                """
            },
        ),
    ),
)
