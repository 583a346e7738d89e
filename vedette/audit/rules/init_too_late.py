"""What the SDK would instrument is loaded before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Import
from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits

ID = "init.too-late"
_SERVER = re.compile(
    r"@sentry/(?:node|nestjs|bun|google-cloud-serverless|aws-serverless|profiling-node|node-core)"
)
_PATCHED = re.compile(
    r"(?:node:)?https?|express|fastify|koa|connect|@hapi/hapi|@nestjs/core|pg|mysql2?|mongodb"
    r"|mongoose|redis|ioredis|@prisma/client|graphql|amqplib|kafkajs|knex|tedious|openai"
)
_PRELOADS = re.compile(
    r"(?:--import|--require|--loader|\s-r)[\s=]+\S*(?:instrument|sentry|tracing)"
)
_OPEN_TELEMETRY = 8  # the version since which modules are patched as they are loaded


def find(project: Project) -> Iterator[Finding]:
    """Files that start the SDK of a server after such modules, or import the file that does."""
    starts = {
        facts.path: call.line for facts, call, module in inits(project) if _SERVER.match(module)
    }
    for path, line in starts.items():
        if _is_excused(project, path):
            continue
        facts = project.facts(path)
        early = _early(facts, line, is_whole=not _is_required(facts))
        if early is not None:
            yield _found(path, line, early.module, "starts")
    for path, outline in project.outlines.items():
        if not project.is_product(path) or path in starts or _is_excused(project, path):
            continue
        if not any(_PATCHED.fullmatch(one) for one in outline.modules):
            continue
        facts = project.facts(path)
        for one in facts.imports:
            if project.resolver.file(path, one.module) in starts and not one.is_lazy:
                early = _early(facts, one.line, is_whole=False)
                if early is not None:
                    yield _found(path, one.line, early.module, "is started")


def _early(facts: FileFacts, line: int, *, is_whole: bool) -> Import | None:
    """A patched module that is loaded before the line; all imports are before code (`is_whole`)."""
    return next(
        (
            one
            for one in facts.imports
            if _PATCHED.fullmatch(one.module)
            and not one.is_type
            and not one.is_lazy
            and (is_whole or one.line < line)
        ),
        None,
    )


def _is_required(facts: FileFacts) -> bool:
    return any(one.path == "require" and one.function < 0 for one in facts.calls)


def _is_excused(project: Project, path: str) -> bool:
    package = project.package(path)
    version = package.version("@sentry/node") or package.version("@sentry/nestjs")
    return 0 < version < _OPEN_TELEMETRY or package.has("next") or _is_preloaded(project, package)


def _is_preloaded(project: Project, package: Package) -> bool:
    """By the command that starts the program."""
    return any(_PRELOADS.search(one) for one in package.scripts.values()) or any(
        _PRELOADS.search(text.replace('", "', " ").replace('","', " "))
        for path, text in project.manifests.items()
        if "Dockerfile" in path or path.endswith("Procfile")
    )


def _found(path: str, line: int, module: str, word: str) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.IMPORTANT,
        what=f"The SDK {word} after `{module}` is loaded, which it then cannot instrument",
        path=path,
        line=line,
        last_line=line,
        subject=module,
    )


_V9 = '{"name": "a", "dependencies": {"express": "5", "@sentry/node": "9"}, "scripts": {"start": "%s"}}'
_LATE = """
    import express from 'express';
    import * as Sentry from '@sentry/node';
    Sentry.init({ dsn });
    const app = express();
"""

RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="The SDK starts after what it instruments",
    why="Since its version 8 the SDK changes modules while they are loaded. Those that are there "
    "before it give no spans, and errors of their requests lack the request.",
    advice="Start it in a file of its own, and import that first or with `--import`.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="javascript",
            says="in one file, whatever the order, and with require",
            files={
                "a/package.json": _V9 % "node a.js",
                "a/a.js": _LATE,
                "b/package.json": _V9 % "node b.js",
                "b/b.js": """
                    const express = require('express');
                    const Sentry = require('@sentry/node');
                    Sentry.init({ dsn });
                """,
            },
            lines=(3, 3),
        ),
        Sample(
            language="typescript",
            says="a file of its own that is not the first",
            files={
                "package.json": _V9 % "node a.js",
                "src/instrument.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
                "src/main.ts": "import express from 'express';\nimport './instrument';\n",
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="the first import",
            files={
                "package.json": _V9 % "node a.js",
                "src/instrument.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
                "src/main.ts": "import './instrument';\nimport express from 'express';\n",
            },
        ),
        Sample(
            language="javascript",
            says="loaded with --import, required first, or version 7",
            files={
                "a/package.json": _V9 % "node --import ./instrument.mjs a.js",
                "a/a.js": _LATE,
                "b/package.json": _V9 % "node b.js",
                "b/b.js": """
                    const Sentry = require('@sentry/node');
                    Sentry.init({ dsn });
                    const express = require('express');
                """,
                "c/package.json": '{"name": "c", "dependencies": {"@sentry/node": "7.100.0"}}',
                "c/c.js": _LATE,
            },
        ),
    ),
)
