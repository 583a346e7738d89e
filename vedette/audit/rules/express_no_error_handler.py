"""An application of Express whose errors never meet the SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named
from vedette.audit.rules._making import at_call

ID = "express.no-error-handler"
_HANDLERS = re.compile(
    r"(?:^|\.)(?:setupExpressErrorHandler|expressErrorHandler|Handlers\.errorHandler|errorHandler"
    r"|rollbar\.errorHandler|getPlugin\(\)\.errorHandler)$"
)


def find(project: Project) -> Iterator[Finding]:
    """Applications in packages with an SDK that no handler joins to it, one for each package."""
    told: set[str] = set()
    for facts, call in project.uses(r"express"):
        package = project.package(facts.path)
        if package.folder in told or not call.kept_in or not project.has_sdk(facts.path):
            continue
        if _has_handler(project, package) or _has_own(project, package):
            continue
        told.add(package.folder)
        what = f"Errors of the routes of {named(package)} never come to the SDK"
        yield at_call(ID, Severity.IMPORTANT, facts, call, what)


def _has_handler(project: Project, package: Package) -> bool:
    return any(
        _HANDLERS.search(name)
        for path, outline in project.outlines.items()
        if project.package(path) is package
        for name, _ in outline.uses
    )


def _has_own(project: Project, package: Package) -> bool:
    """Whether a function of four parameters, as Express calls with errors, reports."""
    return any(
        _reports_fourth(project, facts)
        for facts in project.files(*ECMA)
        if project.package(facts.path) is package
    )


def _reports_fourth(project: Project, facts: FileFacts) -> bool:
    handlers = [
        place
        for place, one in enumerate(facts.functions)
        if len(one.parameters) == 4 and one.parameters[0].lower().startswith("e")
    ]
    return any(
        call.function >= 0
        and facts.inside(call.function, place)
        and project.reports(facts, call.path, call.function)
        for place in handlers
        for call in facts.calls
    )


_PACKAGE = '{"name": "a", "dependencies": {"express": "5", "@sentry/node": "9"}}'

RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Express without an error handler",
    why="Express catches what its routes throw and answers it itself. Without a handler that hands it "
    "on, the SDK never sees an error of a request.",
    advice="Call `Sentry.setupExpressErrorHandler(app)` after the last route.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="javascript",
            says="no handler, or one that only answers",
            files={
                "package.json": _PACKAGE,
                "src/a.js": """
                    const express = require('express');
                    const Sentry = require('@sentry/node');
                    const app = express();
                    app.get('/a', list);
                    app.use((err, req, res, next) => { res.status(500).json({ error: 'failed' }); });
                """,
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="setupExpressErrorHandler",
            files={
                "package.json": _PACKAGE,
                "src/a.js": """
                    const express = require('express');
                    const Sentry = require('@sentry/node');
                    const app = express();
                    Sentry.setupExpressErrorHandler(app);
                """,
            },
        ),
        Sample(
            language="typescript",
            says="a handler of its own that reports, or no SDK at all",
            files={
                "package.json": _PACKAGE,
                "src/a.ts": """
                    import express from 'express';
                    import { failed } from './failed';
                    const app = express();
                    app.use(failed);
                """,
                "src/failed.ts": """
                    import * as Sentry from '@sentry/node';
                    export function failed(err: Error, req, res, next) {
                      Sentry.captureException(err);
                      res.status(500).end();
                    }
                """,
                "b/package.json": '{"name": "b", "dependencies": {"express": "5"}}',
            },
        ),
    ),
)
