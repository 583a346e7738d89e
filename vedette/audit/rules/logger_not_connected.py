"""A logger whose errors stay in the log, beside an SDK that could send them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts, Value
from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, options_of
from vedette.audit.rules._making import at_call

ID = "logger.not-connected"
_LOGGERS = {
    r"winston\.(?:default\.)?createLogger": "winston",
    r"pino(?:\.pino)?": "pino",
    r"bunyan\.createLogger": "bunyan",
    r"loguru\.logger\.add": "loguru",
}
_JOINED = re.compile(
    r"sentry[\w-]*(?:transport|stream)|transport[\w-]*sentry|pino-sentry|winston\w*Sentry"
    r"|capture_?exception|rollbar|bugsnag",
    re.IGNORECASE,
)


def find(project: Project) -> Iterator[Finding]:
    """Loggers of packages with an SDK, without a transport, and Python's where it is told to be."""
    if not project.has_log_integration:
        yield from _loggers(project)
    for facts, call, module in inits(project):
        if module == "sentry_sdk" and project.is_product(facts.path) and _is_off(call):
            what = "The SDK is told not to hear of what `logging` logs as an error"
            yield at_call(ID, Severity.ROUTINE, facts, call, what, subject="logging")


def _loggers(project: Project) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for pattern, name in _LOGGERS.items():
        for facts, call in project.uses(pattern):
            package = project.package(facts.path)
            if (package.folder, name) in told or not project.has_sdk(facts.path):
                continue
            if _is_joined(project, facts) or (name == "loguru" and not _is_old(package)):
                continue
            told.add((package.folder, name))
            what = f"What `{name}` logs as an error is not sent to the SDK"
            yield at_call(ID, Severity.ROUTINE, facts, call, what, subject=name)


def _is_joined(project: Project, facts: FileFacts) -> bool:
    """Whether its file names an SDK, or one of its functions reports."""
    return _JOINED.search(project.text(facts.path)) is not None or any(
        path == facts.path for path, _ in project.reporters
    )


def _is_old(package: Package) -> bool:
    """Version 2 of the SDK joins loguru by itself."""
    return package.version("sentry-sdk") == 1


def _is_off(call: Call) -> bool:
    options = options_of(call) or Value(kind="object")
    defaults, given = options.get("default_integrations"), options.get("integrations")
    if defaults is not None and defaults.text.lower() == "false":
        return True
    return given is not None and any(
        one.text.endswith("LoggingIntegration")
        and (level := one.get("event_level")) is not None
        and level.kind == "null"
        for _, one in given.items
    )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A logger that is not connected",
    why="What the code handles it often logs as an error and goes on. That stays in a file, though an "
    "SDK is there that would group it and tell somebody.",
    advice="Add the transport or the integration of the SDK for this logger.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="winston and pino beside an SDK",
            files={
                "package.json": '{"name": "a", "dependencies": {"@sentry/node": "9"}}',
                "src/a.ts": "import winston from 'winston';\nexport const log = winston.createLogger({});\n",
                "src/b.ts": "import pino from 'pino';\n\nexport const log = pino();\n",
            },
            lines=(2, 3),
        ),
        Sample(
            language="python",
            says="the integration of logging without events, loguru with version 1",
            files={
                "requirements.txt": "sentry-sdk==1.20\nloguru\n",
                "app.py": """
                    import sentry_sdk
                    from loguru import logger

                    logger.add("a.log")
                    sentry_sdk.init(dsn=DSN, integrations=[LoggingIntegration(event_level=None)])
                """,
            },
            lines=(4, 5),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a transport, or no SDK",
            files={
                "a/package.json": '{"name": "a", "dependencies": {"@sentry/node": "9"}}',
                "a/a.ts": "import pino from 'pino';\nconst log = pino({ transport: { target: 'pino-sentry-transport' } });\n",
                "b/package.json": '{"name": "b"}',
                "b/b.ts": "import pino from 'pino';\nconst log = pino();\n",
            },
        ),
        Sample(
            language="typescript",
            says="an integration of the SDK",
            files={
                "package.json": '{"name": "a", "dependencies": {"@sentry/node": "9"}}',
                "a.ts": "import pino from 'pino';\nconst log = pino();\n",
                "b.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ integrations: [Sentry.pinoIntegration()] });\n",
            },
        ),
        Sample(
            language="python",
            says="version 2 joins loguru, every version logging",
            files={
                "requirements.txt": "sentry-sdk==2.20\nloguru\n",
                "app.py": """
                    import logging
                    import sentry_sdk
                    from loguru import logger

                    logger.add("a.log")
                    sentry_sdk.init(dsn=DSN)
                """,
            },
        ),
    ),
)
